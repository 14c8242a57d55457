/** The rule for names of labels, as the server has it: said here before anything is sent. */

export const MOST_LABELS = 500;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Names with one key are one name. */
export function labelKey(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** What keeps these from being the labels of one project. */
export function namesFault(names: readonly string[]): string | undefined {
  if (names.length > MOST_LABELS)
    return `A project may have ${MOST_LABELS} labels; these are ${names.length}.`;
  const seen = new Set<string>();
  for (const name of names) {
    if (UNSEEN.test(name)) return `${name} has a character that can't be seen.`;
    const key = labelKey(name);
    if (seen.has(key)) return `Two labels are called ${name}.`;
    seen.add(key);
  }
  return undefined;
}

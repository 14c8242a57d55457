/** Labels by what one types of their names. */
import type { Label } from "../api/types";

interface Found {
  readonly label: Label;
  /** Its place among the project's labels. */
  readonly index: number;
}

/** Each word must be part of the name: "speed 7" finds "speed limit 70". Names that begin with the text come first,
 * then those of which each word begins one; among these the last used. */
export function labelsFor(labels: readonly Label[], text: string, recent: readonly number[] = []): Found[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const found = labels.flatMap((label, index) => {
    const name = label.name.toLowerCase();
    if (!words.every((word) => name.includes(word))) return [];
    const parts = name.split(/[^\p{L}\p{N}]+/u);
    const beginsEach = words.every((word) => parts.some((part) => part.startsWith(word)));
    const rank = name.startsWith(wanted) ? 0 : 2 - Number(beginsEach);
    return [{ label, index, rank }];
  });
  const used = ({ id }: Label): number => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  return found.sort((a, b) => a.rank - b.rank || used(a.label) - used(b.label) || a.index - b.index);
}

/** The name that was typed, if no label has it; null where one has, or nothing is typed. */
export function newName(labels: readonly Label[], text: string): string | null {
  const key = (name: string): string => name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
  const wanted = text.trim();
  return wanted === "" || labels.some(({ name }) => key(name) === key(wanted)) ? null : wanted;
}

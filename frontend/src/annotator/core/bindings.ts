/** Which keys a person has for which command: the table's, but for what was changed. */
import { CHORDS } from "./labelKeys";
import { type KeyCommand, SHORTCUT_IDS, SHORTCUTS, type ShortcutId } from "./shortcuts";

/** All keys of the commands that were changed. */
export type Changed = Readonly<Partial<Record<ShortcutId, readonly string[]>>>;

const MOST_KEYS = 4;
const FIXED = new Set(["Escape", "Tab", "Space", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
const BROWSERS = new Set([
  "Ctrl N",
  "Ctrl T",
  "Ctrl W",
  "Ctrl R",
  "Ctrl Q",
  "Ctrl L",
  "F5",
  "F6",
  "F11",
  "F12",
]);
const NO_KEYS = new Set(["Dead", "Unidentified", "Process"]);

/** What was changed by hand comes before what the table says. */
export function keysOf(id: ShortcutId, changed: Changed): readonly string[] {
  const mine = changed[id];
  if (mine) return mine;
  const taken = Object.values(changed).flat();
  return SHORTCUTS[id].keys.filter((key) => !taken.includes(key));
}

export function ownerOf(key: string, changed: Changed): ShortcutId | null {
  return SHORTCUT_IDS.find((id) => keysOf(id, changed).includes(key)) ?? null;
}

/** Why no command can have this key, or null. */
export function whyNot(key: string): string | null {
  const base = key.split(" ").at(-1) ?? "";
  if (FIXED.has(base)) return "This key has a fixed meaning here.";
  if (/^[1-9]$/.test(key) || (key.length === 1 && CHORDS.includes(key))) return `${key} picks a label.`;
  if (key.includes("Alt ") || BROWSERS.has(key.replace("Shift ", ""))) return `${key} is the browser's.`;
  return NO_KEYS.has(base) ? "This key can't be told from others." : null;
}

/** The command gets the key in place of the one at `at`; another command that had it gets that one. */
export function rebound(changed: Changed, id: ShortcutId, at: number, key: string): Changed {
  const mine = keysOf(id, changed);
  const owner = ownerOf(key, changed);
  if (owner === id || whyNot(key)) return changed;
  const before = mine[at];
  const next = { ...changed, [id]: before === undefined ? [...mine, key] : mine.with(at, key) };
  if (owner) {
    const theirs = keysOf(owner, changed);
    next[owner] = theirs.flatMap((one) => (one === key ? (before ?? []) : one));
  }
  return Object.fromEntries(Object.entries(next).filter(([one, keys]) => !isAsEver(one as ShortcutId, keys)));
}

function isAsEver(id: ShortcutId, keys: readonly string[]): boolean {
  return keys.join("\n") === SHORTCUTS[id].keys.join("\n");
}

export type Keymap = ReadonlyMap<string, KeyCommand>;

export function keymapOf(changed: Changed): Keymap {
  return new Map(
    SHORTCUT_IDS.flatMap((id) => keysOf(id, changed).map((key) => [key, SHORTCUTS[id].command] as const)),
  );
}

/** What was written down, as far as it makes sense: perhaps by another version, or another hand. */
export function parsedKeys(text: string | null): Changed {
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    if (typeof found !== "object" || found === null) return {};
    const seen = new Set<string>();
    const isFree = (key: unknown): key is string =>
      typeof key === "string" && key !== "" && whyNot(key) === null && !seen.has(key);
    const kept = Object.entries(found).flatMap(([id, keys]) => {
      if (!Object.hasOwn(SHORTCUTS, id) || !Array.isArray(keys)) return [];
      const free = keys.slice(0, MOST_KEYS).filter(isFree);
      for (const key of free) seen.add(key);
      return [[id, free] as const];
    });
    return Object.fromEntries(kept);
  } catch {
    return {};
  }
}

/** As people read it. */
export function shownKey(key: string): string {
  const short: Record<string, string> = { Delete: "Del", Backspace: "⌫", "-": "−", Insert: "Ins" };
  const parts = key.split(" ");
  const last = parts.pop() ?? "";
  return [...parts, short[last] ?? last].join(" ");
}

/** The key that buttons name. Empty: it has none. */
export function firstKey(id: ShortcutId, changed: Changed): string {
  return shownKey(keysOf(id, changed)[0] ?? "");
}

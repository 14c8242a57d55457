/**
 * Where pending changes lie between visits: localStorage, written synchronously. Each open page ("tab") writes only
 * its own keys, so several never overwrite each other; what a closed or crashed tab left is adopted by the next.
 */
import type { Entry } from "./pendingChanges";

const ROOT = "boxwright:unsaved:";

export interface ChangeStorage {
  /** False when the browser keeps nothing here: then closing the page asks first. */
  readonly durable: boolean;
  put(entry: Entry): boolean;
  drop(image: number): void;
  /** Takes over what the tabs not in `alive` left for this person. */
  adopt(alive: ReadonlySet<string>): Entry[];
}

/** The few calls of localStorage that matter here. */
export type KeyValue = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export function openStorage(storage: KeyValue | null, user: number, tab: string): ChangeStorage {
  const durable = storage !== null && writable(storage);
  const prefix = `${ROOT}${user}:`;
  const own = (image: number): string => `${prefix}${tab}:${image}`;
  return {
    durable,
    put: (entry) => durable && write(storage, own(entry.image), JSON.stringify(entry)),
    drop: (image) => {
      if (durable) storage.removeItem(own(image));
    },
    adopt: (alive) => (durable ? adopt(storage, prefix, tab, alive) : []),
  };
}

/** Our own localStorage, or null where the browser forbids even to look at it. */
export function localStore(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Whether this person has unsaved work on this device. */
export function leftBehind(storage: KeyValue, user: number): boolean {
  return keysOf(storage, `${ROOT}${user}:`).length > 0;
}

/** A note that can't be read stays where it is: nothing is thrown away unseen. */
function read(storage: KeyValue, key: string): Entry | null {
  try {
    const entry = JSON.parse(storage.getItem(key) ?? "null") as Entry | null;
    return entry && typeof entry.image === "number" && entry.changes ? entry : null;
  } catch {
    return null;
  }
}

function write(storage: KeyValue, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function writable(storage: KeyValue): boolean {
  const key = `${ROOT}probe`;
  if (!write(storage, key, "1")) return false;
  storage.removeItem(key);
  return true;
}

function keysOf(storage: KeyValue, prefix: string): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "").filter((key) =>
    key.startsWith(prefix),
  );
}

function adopt(storage: KeyValue, prefix: string, tab: string, alive: ReadonlySet<string>): Entry[] {
  const left = keysOf(storage, prefix).filter((key) => {
    const owner = key.slice(prefix.length).split(":")[0] ?? "";
    return owner !== tab && !alive.has(owner);
  });
  return left.flatMap((key) => {
    const entry = read(storage, key);
    if (!entry) return [];
    // Ours first, then away with theirs: a crash in between leaves it twice, never not at all.
    const kept = write(storage, `${prefix}${tab}:${entry.image}`, JSON.stringify(entry));
    if (kept) storage.removeItem(key);
    return [entry];
  });
}

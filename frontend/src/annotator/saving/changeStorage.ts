/**
 * Where pending changes lie between visits: localStorage, written synchronously, and what finds no room there in
 * IndexedDB. Each open page ("tab") writes only its own keys, so several never overwrite each other; what a closed or
 * crashed tab left is adopted by the next.
 */
import type { DeviceStore } from "./deviceStore";
import type { Entry } from "./pendingChanges";

const ROOT = "boxwright:unsaved:";

export interface ChangeStorage {
  /** Whether the entry is kept here; where localStorage is full, that is known later. */
  put(entry: Entry): boolean | Promise<boolean>;
  drop(image: number): void;
  /** What the tabs not in `alive` left for this person. */
  left(alive: ReadonlySet<string>): Promise<Left[]>;
}

export interface Left {
  readonly entry: Entry;
  /** For whoever keeps it under their own name by now. */
  readonly forget: () => void;
}

/** The few calls of localStorage that matter here. */
export type KeyValue = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export function openStorage(
  storage: KeyValue | null,
  user: number,
  tab: string,
  overflow: DeviceStore | null = null,
): ChangeStorage {
  const prefix = `${ROOT}${user}:`;
  const own = (image: number): string => `${prefix}${tab}:${image}`;
  /** The newest entry of each image that went into the overflow; null: it is back in localStorage, or saved. */
  const over = new Map<number, Entry | null>();
  const isKeptOver = async (entry: Entry, device: DeviceStore): Promise<boolean> => {
    const key = own(entry.image);
    over.set(entry.image, entry);
    try {
      await device.put(key, entry);
    } catch {
      return false;
    }
    // What localStorage still has of it is older.
    if (over.get(entry.image) === entry) storage?.removeItem(key);
    return true;
  };
  const leaveOverflow = (image: number): void => {
    if (!over.get(image)) return;
    over.set(image, null);
    overflow?.drop(own(image)).catch(() => undefined);
  };
  const put = (entry: Entry): boolean | Promise<boolean> => {
    const isWritten = storage !== null && write(storage, own(entry.image), JSON.stringify(entry));
    if (!isWritten) return overflow !== null && isKeptOver(entry, overflow);
    leaveOverflow(entry.image);
    return true;
  };
  return {
    put,
    drop: (image) => {
      storage?.removeItem(own(image));
      leaveOverflow(image);
    },
    left: async (alive) => {
      const isLeft = (key: string): boolean => {
        const owner = key.slice(prefix.length).split(":")[0] ?? "";
        return owner !== tab && !alive.has(owner);
      };
      const rows = (await overflow?.entries(prefix).catch(() => [])) ?? [];
      const beyond = rows.filter(([key]) => isLeft(key));
      const newer = new Set(beyond.map(([key]) => key));
      const here = storage ? keysOf(storage, prefix).filter((key) => isLeft(key) && !newer.has(key)) : [];
      const forget = (key: string) => (): void => {
        storage?.removeItem(key);
        if (newer.has(key)) overflow?.drop(key).catch(() => undefined);
      };
      return [
        ...beyond.map(([key, value]) => ({ entry: value as Entry, forget: forget(key) })),
        ...here.flatMap((key) => {
          const entry = storage && read(storage, key);
          return entry ? [{ entry, forget: forget(key) }] : [];
        }),
      ];
    },
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

/** The images on which this person has unsaved work on this device. */
export async function leftBehind(
  storage: KeyValue | null,
  user: number,
  overflow: DeviceStore | null = null,
): Promise<ReadonlySet<string>> {
  const prefix = `${ROOT}${user}:`;
  const rows = (await overflow?.entries(prefix).catch(() => [])) ?? [];
  const keys = [...(storage ? keysOf(storage, prefix) : []), ...rows.map(([key]) => key)];
  return new Set(keys.map((key) => key.slice(key.lastIndexOf(":") + 1)));
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

export function keysOf(storage: KeyValue, prefix: string): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "").filter((key) =>
    key.startsWith(prefix),
  );
}

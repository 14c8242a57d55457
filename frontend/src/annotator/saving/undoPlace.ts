/** Where the steps lie that one can undo on a later visit, and whose there are. */
import { keysOf, localStore } from "./changeStorage";
import { type DeviceStore, deviceStore } from "./deviceStore";
import { type Later, later } from "./later";

/** In localStorage, so that a page that starts knows without asking IndexedDB. */
const MARK = "boxwright:undo:";

export interface UndoPlace {
  readonly device: DeviceStore | null;
  /** What the keys of all steps of this person begin with. */
  readonly prefix: string;
  /** Notes that this person has steps here; false where nothing can be kept. */
  readonly mark: () => boolean;
  readonly later: Later;
  /** In milliseconds. */
  readonly now: () => number;
}

/** This person's on this device. Where it can't be noted whose they are, nobody could take them away: none are kept. */
export function undoPlaceOf(user: number): UndoPlace {
  const mark = (): boolean => {
    try {
      localStore()?.setItem(MARK + user, "1");
      return localStore() !== null;
    } catch {
      return false;
    }
  };
  return { device: deviceStore(), prefix: stepsOf(user), mark, later, now: Date.now };
}

function stepsOf(user: number | string): string {
  return `undo:${user}:`;
}

/** Whoever is at this device now, null for nobody, finds no steps of anybody else. */
export async function forgetSteps(user: number | null): Promise<void> {
  const storage = localStore();
  for (const mark of storage ? keysOf(storage, MARK) : []) {
    const owner = mark.slice(MARK.length);
    if (owner !== String(user) && (await areDropped(owner))) storage?.removeItem(mark);
  }
}

async function areDropped(owner: string): Promise<boolean> {
  try {
    const rows = (await deviceStore()?.entries(stepsOf(owner))) ?? [];
    await deviceStore()?.drop(...rows.map(([key]) => key));
    return true;
  } catch {
    return false; // tried again at the next start
  }
}

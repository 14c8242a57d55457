/** Whose unsaved work is on this device, for the page where one signs in. */
import { keysOf, leftBehind, localStore } from "./changeStorage";
import { deviceStore } from "./deviceStore";

const NAMES = "boxwright:name:";

export interface KeptWork {
  readonly name: string;
  readonly images: number;
}

export function rememberName({ id, name }: { id: number; name: string }): void {
  try {
    localStore()?.setItem(NAMES + id, name);
  } catch {
    // no room: their work is kept without a name
  }
}

/** On how many images this person has unsaved work here. */
export async function unsavedImages(user: number): Promise<number> {
  return (await leftBehind(localStore(), user, deviceStore())).size;
}

/** Names without work are forgotten. */
export async function keptWork(): Promise<KeptWork[]> {
  const storage = localStore();
  const found: KeptWork[] = [];
  for (const key of storage ? keysOf(storage, NAMES) : []) {
    const images = await unsavedImages(Number(key.slice(NAMES.length)));
    const name = storage?.getItem(key);
    if (name && images > 0) found.push({ name, images });
    else storage?.removeItem(key);
  }
  return found;
}

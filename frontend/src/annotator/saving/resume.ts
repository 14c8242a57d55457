/** Sends what earlier visits left, wherever in the product one starts; where nothing was left it loads nothing. */
import type { ReadonlySignal } from "@preact/signals";
import { leftBehind, localStore } from "./changeStorage";
import { deviceStore } from "./deviceStore";

export async function resumeSaving(user: number, signedIn: ReadonlySignal<number | null>): Promise<void> {
  const left = await leftBehind(localStore(), user, deviceStore());
  if (left.size > 0) (await import("./savingSession")).savingSessionOf(user, signedIn);
}

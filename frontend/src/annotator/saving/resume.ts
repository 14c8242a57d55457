/** Sends what earlier visits left, wherever in the product one starts; where nothing was left it loads nothing. */
import type { ReadonlySignal } from "@preact/signals";
import { leftBehind, localStore } from "./changeStorage";

export function resumeSaving(user: number, signedIn: ReadonlySignal<number | null>): void {
  const storage = localStore();
  if (storage && leftBehind(storage, user))
    void import("./savingSession").then(({ savingSessionOf }) => savingSessionOf(user, signedIn));
}

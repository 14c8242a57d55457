/** Sends what earlier visits left, wherever in the product one starts; where nothing was left it loads nothing. */
import { leftBehind, localStore } from "./shelf";

export function resumeSaving(user: number): void {
  const storage = localStore();
  if (storage && leftBehind(storage, user)) void import("./device").then(({ deviceOf }) => deviceOf(user));
}

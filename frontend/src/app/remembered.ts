/** Choices of this person on this device. */
import { effect, type Signal, signal } from "@preact/signals";

export function remembered(key: string, start: boolean): Signal<boolean> {
  const value = signal(start);
  try {
    value.value = (localStorage.getItem(key) ?? String(start)) === "true";
    effect(() => localStorage.setItem(key, String(value.value)));
  } catch {
    // storage is off: the choice lasts until the page closes
  }
  return value;
}

/** Choices of this person on this device. */
import { effect, type Signal, signal } from "@preact/signals";

export function remembered(key: string, start: boolean): Signal<boolean>;
export function remembered(key: string, start: number): Signal<number>;
export function remembered(key: string, start: boolean | number): Signal<boolean | number> {
  const value = signal(start);
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (typeof kept === typeof start) value.value = kept as boolean | number;
    effect(() => localStorage.setItem(key, String(value.value)));
  } catch {
    // storage is off: the choice lasts until the page closes
  }
  return value;
}

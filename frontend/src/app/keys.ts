/** The keys of whoever is signed in, on this device: keyboards differ, and people who share one keep theirs apart. */
import { computed, effect, signal } from "@preact/signals";
import { type Changed, firstKey, keymapOf, parsedKeys } from "../annotator/core/bindings";
import type { ShortcutId } from "../annotator/core/shortcuts";
import { remembered } from "./remembered";
import { userId } from "./session";

/** Keys without Ctrl for letters and digits (WCAG 2.1.4 wants a way to turn them off). */
export const letters = remembered("boxwright.letters", true);

export const changedKeys = signal<Changed>({});
export const keymap = computed(() => keymapOf(changedKeys.value));

function place(): string {
  return `boxwright.keys.${userId.value ?? 0}`;
}

function read(): void {
  try {
    changedKeys.value = parsedKeys(localStorage.getItem(place()));
  } catch {
    changedKeys.value = {}; // storage is off: changes last until the page closes
  }
}

effect(read);
globalThis.addEventListener?.("storage", ({ key }) => key === place() && read());

export function setKeys(changed: Changed): void {
  changedKeys.value = changed;
  try {
    if (Object.keys(changed).length > 0) localStorage.setItem(place(), JSON.stringify(changed));
    else localStorage.removeItem(place());
  } catch {
    // as above
  }
}

/** A command's key as buttons name it; empty: it has none. */
export function keyOf(id: ShortcutId): string {
  return firstKey(id, changedKeys.value);
}

/** "Skip (S)". */
export function withKey(words: string, id: ShortcutId): string {
  const key = keyOf(id);
  return key ? `${words} (${key})` : words;
}

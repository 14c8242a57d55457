/** Choices of this person on this device. */
import { effect, type Signal, signal } from "@preact/signals";

function remembered(key: string, start: boolean): Signal<boolean> {
  const value = signal(start);
  try {
    value.value = (localStorage.getItem(key) ?? String(start)) === "true";
    effect(() => localStorage.setItem(key, String(value.value)));
  } catch {
    // storage is off: the choice lasts until the page closes
  }
  return value;
}

/** Keys without Ctrl for letters and digits (WCAG 2.1.4 wants a way to turn them off). */
export const letters = remembered("boxwright.letters", true);

/** Box first: the label is asked for after each box that is drawn. */
export const asksLabel = remembered("boxwright.asksLabel", false);

/** Zoom and place stay between images of the same size. */
export const keepsView = remembered("boxwright.keepsView", false);

/** In a classification project: on to the next image as soon as this one has its label. */
export const advances = remembered("boxwright.advances", true);

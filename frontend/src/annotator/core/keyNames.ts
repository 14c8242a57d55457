/** Key presses by the names that people read: "G", "Shift G", "Ctrl Shift Z", "Delete". */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

export function pressOf(event: KeyboardEvent): KeyPress {
  const { key, code, shiftKey: shift, altKey: alt } = event;
  return { key, code, shift, alt, ctrl: event.ctrlKey || event.metaKey };
}

export function isModifier(key: string): boolean {
  return ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"].includes(key);
}

/** The press's name. Shift is told of keys that say the same with and without: "?" needs none. */
export function keyName({ key, code, ctrl, shift, alt }: KeyPress): string {
  const isChar = key.length === 1 && key !== " ";
  const isZero = isChar && (code === "Digit0" || code === "Numpad0");
  const base = isChar ? key.toUpperCase() : key.replace(" ", "Space");
  const tells = isZero || !isChar || base.toLowerCase() !== base;
  const parts = [ctrl && "Ctrl", alt && "Alt", shift && tells && "Shift", isZero ? "0" : base];
  return parts.filter(Boolean).join(" ");
}

/** A letter, digit or sign alone, which whoever speaks to the machine may press by accident (WCAG 2.1.4). */
export function isCharacter(name: string): boolean {
  return name.replace(/^Shift /, "").length === 1;
}

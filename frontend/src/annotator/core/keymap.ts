/** Which command a key press is. */
import type { Keymap } from "./bindings";
import { isCharacter, type KeyPress, keyName } from "./keyNames";
import { type LabelCommand, labelCommandFor } from "./labelKeys";
import type { KeyCommand } from "./shortcuts";

/** What decides between two meanings of one key. */
export interface KeyContext {
  readonly keys: Keymap;
  readonly selected: boolean;
  readonly whole: boolean;
  /** Letters and digits may be turned off (WCAG 2.1.4). */
  readonly letters: boolean;
  /** Which first key of two was pressed just now; null: none. */
  readonly chord: number | null;
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const FOR_BOXES = new Set([
  "add",
  "duplicate",
  "copy",
  "paste",
  "tool",
  "hide",
  "repeat",
  "flag",
  "all",
  "alike",
  "conceal",
  "lock",
  "release",
  "acceptAll",
  "reject",
  "suggestion",
]);

/** The command of a key press, or null. */
export function commandFor(press: KeyPress, context: KeyContext): KeyCommand | LabelCommand | null {
  const arrow = ARROWS[press.key];
  if (arrow) return arrowCommand(arrow, press, context);
  if (press.key === "Escape") return { name: "cancel" };
  const name = keyName(press);
  if (isCharacter(name) && !context.letters) return null;
  const command = labelCommandFor(press, context.chord) ?? context.keys.get(name) ?? null;
  return command && context.whole && FOR_BOXES.has(command.name) ? null : command;
}

/** A selected box moves (Alt or Ctrl: its lower right corner); without one, left and right leaf through images. */
function arrowCommand(
  [x, y]: readonly [number, number],
  press: KeyPress,
  context: KeyContext,
): KeyCommand | null {
  const by = press.shift ? 10 : 1;
  if (context.selected && !context.whole) {
    return { name: press.alt || press.ctrl ? "grow" : "nudge", dx: x * by, dy: y * by };
  }
  if (press.alt || press.ctrl || press.shift || y !== 0) return null;
  return { name: x > 0 ? "leaf" : "previous" };
}

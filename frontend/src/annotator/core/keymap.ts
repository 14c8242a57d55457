/** Which key does what; the help shows the same table. */
import type { Command } from "./commands";

/** Commands of the page around the stage. */
export type PageCommand =
  | { readonly name: "next" | "leaf" | "previous" | "skip" | "empty" | "help" | "find" }
  | { readonly name: "number"; readonly index: number }
  /** The first key of two; the digit that follows counts on from this chord's labels. */
  | { readonly name: "chord"; readonly chord: number };

export type KeyCommand = Command | PageCommand;

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** What decides between two meanings of one key. */
export interface KeyContext {
  readonly selected: boolean;
  readonly whole: boolean;
  /** Letters and digits may be turned off (WCAG 2.1.4). */
  readonly letters: boolean;
  /** Which first key of two was pressed just now; null: none. */
  readonly chord: number | null;
}

const A_ROW = 9; // labels that digits alone, or those behind one letter, reach
const CHORDS = "qwuy";

/** The chord of a project's label, by its place from 0 on; -1: a digit is enough. */
export function chordOf(index: number): number {
  return Math.floor(index / A_ROW) - 1;
}

/** The keys of a label; empty beyond those that have some. */
export function labelKeys(index: number): string {
  const chord = chordOf(index);
  const letter = chord < 0 ? "" : CHORDS[chord]?.toUpperCase();
  return letter === undefined ? "" : `${letter}${(index % A_ROW) + 1}`;
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const WITH_CTRL: Record<string, KeyCommand> = {
  z: { name: "undo" },
  y: { name: "redo" },
  c: { name: "copy" },
  v: { name: "paste" },
  d: { name: "duplicate" },
  a: { name: "all" },
};

const PLAIN: Record<string, KeyCommand> = {
  Escape: { name: "cancel" },
  Delete: { name: "remove" },
  Backspace: { name: "remove" },
  Enter: { name: "next" },
  Home: { name: "fit" },
};

const LETTERS: Record<string, KeyCommand> = {
  v: { name: "tool", tool: "select" },
  b: { name: "tool", tool: "draw" },
  c: { name: "tool", tool: "corners" },
  x: { name: "tool", tool: "extreme" },
  i: { name: "add" },
  d: { name: "duplicate" },
  a: { name: "accept" },
  z: { name: "reject" },
  j: { name: "suggestion" },
  h: { name: "hide" },
  r: { name: "repeat" },
  g: { name: "conceal", ids: "chosen" },
  k: { name: "lock", ids: "chosen" },
  f: { name: "flag", flag: "difficult" },
  t: { name: "flag", flag: "truncated" },
  o: { name: "flag", flag: "occluded" },
  l: { name: "find" },
  n: { name: "next" },
  p: { name: "previous" },
  s: { name: "skip" },
  e: { name: "empty" },
  "?": { name: "help" },
  "+": { name: "zoom", factor: 1.25 },
  "=": { name: "zoom", factor: 1.25 },
  "-": { name: "zoom", factor: 0.8 },
  "0": { name: "fit" },
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
  "conceal",
  "lock",
  "acceptAll",
  "reject",
  "suggestion",
]);

/** The command of a key press, or null. Digits go by their place on the board, so that AZERTY has them too. */
export function commandFor(press: KeyPress, context: KeyContext): KeyCommand | null {
  const command = lookUp(press, context);
  return command && context.whole && FOR_BOXES.has(command.name) ? null : command;
}

function lookUp(press: KeyPress, context: KeyContext): KeyCommand | null {
  const arrow = ARROWS[press.key];
  if (arrow) return arrowCommand(arrow, press, context);
  const letter = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.ctrl) return withCtrl(letter, press);
  if (press.alt) return null;
  if (press.key === "Enter" && press.shift) return { name: "previous" };
  const plain = PLAIN[press.key];
  if (plain) return plain;
  if (!context.letters) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(press.code)?.[1];
  const passed = context.chord === null ? 0 : A_ROW * (context.chord + 1);
  if (digit && !press.shift) return { name: "number", index: passed + Number(digit) - 1 };
  const chord = press.shift || letter.length > 1 ? -1 : CHORDS.indexOf(letter);
  if (chord >= 0) return { name: "chord", chord };
  if (press.shift && letter === "h") return { name: "conceal", ids: "others" };
  if (press.shift && letter === "k") return { name: "lock", ids: "others" };
  if (press.code === "Digit0" && press.shift) return { name: "scale", scale: 1 };
  if (press.shift && letter === "a") return { name: "acceptAll" };
  return LETTERS[letter] ?? null;
}

function withCtrl(letter: string, press: KeyPress): KeyCommand | null {
  if (letter === "z" && press.shift) return { name: "redo" };
  return press.shift || press.alt ? null : (WITH_CTRL[letter] ?? null);
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

export interface HelpGroup {
  readonly title: string;
  readonly rows: readonly { readonly does: string; readonly keys: readonly string[] }[];
}

/** The shortcuts as people read them. */
export const HELP: readonly HelpGroup[] = [
  {
    title: "Draw",
    rows: [
      { does: "Box by a drag", keys: ["B"] },
      { does: "Box by two corners", keys: ["C"] },
      { does: "Box by four extreme points", keys: ["X"] },
      { does: "Box inside a selected box", keys: ["Shift", "drag"] },
      { does: "Move a box unselected", keys: ["Alt", "drag"] },
      { does: "Box in the middle", keys: ["I"] },
      { does: "Select and move", keys: ["V"] },
      { does: "Pan", keys: ["Space", "drag"] },
    ],
  },
  {
    title: "Change",
    rows: [
      { does: "Next, previous box", keys: ["Tab", "Shift Tab"] },
      { does: "Add to the selection", keys: ["Ctrl", "click"] },
      { does: "Select what a frame holds", keys: ["V", "drag"] },
      { does: "Select all", keys: ["Ctrl A"] },
      { does: "Lock, lock all others", keys: ["K", "Shift K"] },
      { does: "Move 1 px, 10 px", keys: ["←", "Shift ←"] },
      { does: "Resize 1 px, 10 px", keys: ["Alt ←", "Alt Shift ←"] },
      { does: "Delete", keys: ["Del"] },
      { does: "Duplicate", keys: ["D"] },
      { does: "The previous image's boxes", keys: ["R"] },
      { does: "Difficult, truncated, occluded", keys: ["F", "T", "O"] },
      { does: "Copy, paste", keys: ["Ctrl C", "Ctrl V"] },
      { does: "Undo, redo", keys: ["Ctrl Z", "Ctrl Shift Z"] },
      { does: "Deselect", keys: ["Esc"] },
    ],
  },
  {
    title: "Label",
    rows: [
      { does: "Set label", keys: ["1", "to", "9"] },
      { does: "Set label 10 to 18, 19 to 27", keys: ["Q", "1", "to", "9", "W", "1", "to", "9"] },
      { does: "Pick by name", keys: ["L"] },
    ],
  },
  {
    title: "Suggestions",
    rows: [
      { does: "Accept the selected, or the best", keys: ["A"] },
      { does: "Accept all", keys: ["Shift A"] },
      { does: "Reject the selected, or the best", keys: ["Z"] },
      { does: "Next suggestion", keys: ["J"] },
    ],
  },
  {
    title: "View",
    rows: [
      { does: "Zoom", keys: ["+", "−"] },
      { does: "Zoom at the pointer", keys: ["wheel"] },
      { does: "Fit", keys: ["0"] },
      { does: "100 %", keys: ["Shift 0"] },
      { does: "Hide boxes", keys: ["H"] },
      { does: "Hide this one, all others", keys: ["G", "Shift H"] },
      { does: "Leave the picture", keys: ["Esc", "Tab"] },
      { does: "Back to the list of images", keys: ["Esc", "Esc"] },
    ],
  },
  {
    title: "Queue",
    rows: [
      { does: "Finish, next image", keys: ["Enter", "N"] },
      { does: "Previous image", keys: ["Shift Enter", "P"] },
      { does: "Leaf, nothing selected", keys: ["←", "→"] },
      { does: "Nothing here", keys: ["E"] },
      { does: "Skip", keys: ["S"] },
    ],
  },
];

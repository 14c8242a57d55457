/** The keys of labels: a digit, or a letter and a digit beyond nine. Nobody changes them. */
import type { KeyPress } from "./keyNames";

const A_ROW = 9; // labels that digits alone, or those behind one letter, reach
export const CHORDS = "QWUY";

/** The chord of a project's label, by its place from 0 on; -1: a digit is enough. */
export function chordOf(index: number): number {
  return Math.floor(index / A_ROW) - 1;
}

/** The keys of a label; empty beyond those that have some. */
export function labelKeys(index: number): string {
  const chord = chordOf(index);
  const letter = chord < 0 ? "" : CHORDS[chord];
  return letter === undefined ? "" : `${letter}${(index % A_ROW) + 1}`;
}

export type LabelCommand =
  | { readonly name: "number"; readonly index: number }
  /** The first key of two; the digit that follows counts on from this chord's labels. */
  | { readonly name: "chord"; readonly chord: number };

/** `chord`: which first key of two was pressed just now. Digits go by their place on the board, so that AZERTY has
 * them too. */
export function labelCommandFor(press: KeyPress, chord: number | null): LabelCommand | null {
  if (press.ctrl || press.alt || press.shift || press.key.length > 1) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(press.code)?.[1];
  const passed = chord === null ? 0 : A_ROW * (chord + 1);
  if (digit) return { name: "number", index: passed + Number(digit) - 1 };
  const first = CHORDS.indexOf(press.key.toUpperCase());
  return first < 0 ? null : { name: "chord", chord: first };
}

/** The axes as they are typed: a line of words for each. Pure. */

import { AXES, type Value } from "./axes";

export interface AxisLine {
  readonly key: string;
  /** Values with spaces between them; figures also with commas. */
  readonly words: string;
}

export const MOST_RUNS = 60; // as the server has it, which checks it

export function wordsOf({ key, words }: AxisLine): string[] {
  const separator = AXES[key]?.isNumber ? /[\s,]+/ : /\s+/;
  return [...new Set(words.split(separator).filter(Boolean))];
}

/** The line with the word taken in, or out where it was in. */
export function toggled(line: AxisLine, word: string): AxisLine {
  const words = wordsOf(line);
  const next = words.includes(word) ? words.filter((one) => one !== word) : [...words, word];
  return { ...line, words: next.join(" ") };
}

/** As the server takes them. A figure that is none is sent as it is: the server says so. */
export function axesOf(lines: readonly AxisLine[]): Record<string, Value[]> {
  const toValue = (key: string, word: string) =>
    AXES[key]?.isNumber && !Number.isNaN(Number(word)) ? Number(word) : word;
  return Object.fromEntries(
    lines.map((line) => [line.key, wordsOf(line).map((word) => toValue(line.key, word))]),
  );
}

export const runCount = (lines: readonly AxisLine[]): number =>
  lines.reduce((product, line) => product * wordsOf(line).length, 1);

/** What has to change before it can be started; empty when nothing has. */
export function axesFault(lines: readonly AxisLine[]): string {
  const count = runCount(lines);
  if (lines.some((line) => wordsOf(line).length === 0)) return "Give each setting its values.";
  if (count < 2) return "Give a setting two values or more.";
  return count > MOST_RUNS ? `${count} runs; a sweep has at most ${MOST_RUNS}.` : "";
}

/** The axes that may still be added. Epochs and iterations say the same. */
export function freeAxes(lines: readonly AxisLine[]): string[] {
  const taken = new Set(lines.map((line) => line.key));
  if (taken.has("epochs")) taken.add("iterations");
  if (taken.has("iterations")) taken.add("epochs");
  return Object.keys(AXES).filter((key) => !taken.has(key));
}

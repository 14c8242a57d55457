import { describe, expect, it } from "vitest";
import { keymapOf } from "./bindings";
import { commandFor, type KeyContext } from "./keymap";
import type { KeyPress } from "./keyNames";
import { labelKeys } from "./labelKeys";

const CONTEXT: KeyContext = { keys: keymapOf({}), selected: false, whole: false, letters: true, chord: null };

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  return { key, code, ctrl: false, shift: false, alt: false, ...more };
}

it.each([
  [press("Delete"), { name: "remove" }],
  [press("Backspace"), { name: "remove" }],
  [press("z", { ctrl: true }), { name: "undo" }],
  [press("Z", { ctrl: true, shift: true }), { name: "redo" }],
  [press("c", { ctrl: true }), { name: "copy" }],
  [press("3"), { name: "number", index: 2 }],
  [press("&", { code: "Digit1" }), { name: "number", index: 0 }],
  [press("n"), { name: "next" }],
  [press("Enter"), { name: "next" }],
  [press("Enter", { shift: true }), { name: "previous" }],
  [press("P"), { name: "previous" }],
  [press("0", { code: "Digit0" }), { name: "fit" }],
  [press("Home"), { name: "fit" }],
  [press("?", { shift: true, code: "Slash" }), { name: "help" }],
  [press("e"), { name: "empty" }],
  [press("i"), { name: "add" }],
  [press("a"), { name: "accept" }],
  [press("A", { shift: true }), { name: "acceptAll" }],
  [press("a", { ctrl: true }), { name: "all" }],
  [press("z"), { name: "reject" }],
  [press("j"), { name: "suggestion" }],
  [press("q"), { name: "chord", chord: 0 }],
  [press("Q", { shift: true }), null],
  [press("m"), { name: "tool", tool: "pan" }],
  [press("-"), { name: "zoom", factor: 0.8 }],
  [press("=", { code: "Equal" }), { name: "zoom", factor: 1.25 }],
  [press("+", { shift: true, code: "Equal" }), { name: "zoom", factor: 1.25 }],
  [press("=", { shift: true, code: "Digit0" }), { name: "scale", scale: 1 }],
  [press("à", { code: "Digit0" }), { name: "fit" }],
  [press("g", { shift: true }), { name: "conceal", ids: "alike" }],
  [press("y", { ctrl: true }), { name: "redo" }],
  [press("g", { alt: true }), null],
  [press("Escape"), { name: "cancel" }],
  [press("r", { ctrl: true }), null],
])("%o", (key, command) => {
  expect(commandFor(key, CONTEXT)).toEqual(command);
});

it("reaches labels beyond nine by a letter and a digit", () => {
  expect(commandFor(press("3"), { ...CONTEXT, chord: 0 })).toEqual({ name: "number", index: 11 });
  expect(commandFor(press("9"), { ...CONTEXT, chord: 3 })).toEqual({ name: "number", index: 44 });
  expect(commandFor(press("n"), { ...CONTEXT, chord: 0 })).toEqual({ name: "next" });
  expect([0, 8, 9, 11, 18, 44, 45].map(labelKeys)).toEqual(["1", "9", "Q1", "Q3", "W1", "Y9", ""]);
});

describe("arrows", () => {
  it("leaf through images when nothing is selected", () => {
    expect(commandFor(press("ArrowRight"), CONTEXT)).toEqual({ name: "leaf" });
    expect(commandFor(press("ArrowLeft"), CONTEXT)).toEqual({ name: "previous" });
    expect(commandFor(press("ArrowUp"), CONTEXT)).toBeNull();
  });

  it("move and resize a selected box", () => {
    const selected = { ...CONTEXT, selected: true };
    expect(commandFor(press("ArrowRight"), selected)).toEqual({ name: "nudge", dx: 1, dy: 0 });
    expect(commandFor(press("ArrowUp", { shift: true }), selected)).toEqual({
      name: "nudge",
      dx: 0,
      dy: -10,
    });
    expect(commandFor(press("ArrowDown", { alt: true }), selected)).toEqual({ name: "grow", dx: 0, dy: 1 });
  });
});

it("turns off letters and digits, but not Delete, Enter or Ctrl keys", () => {
  const quiet = { ...CONTEXT, letters: false };
  expect(commandFor(press("n"), quiet)).toBeNull();
  expect(commandFor(press("1"), quiet)).toBeNull();
  expect(commandFor(press("Delete"), quiet)).toEqual({ name: "remove" });
  expect(commandFor(press("z", { ctrl: true }), quiet)).toEqual({ name: "undo" });
});

it("follows a person's keys", () => {
  const keys = keymapOf({ skip: ["G"], conceal: ["S"] });
  expect(commandFor(press("g"), { ...CONTEXT, keys })).toEqual({ name: "skip" });
  expect(commandFor(press("s"), { ...CONTEXT, keys })).toEqual({ name: "conceal", ids: "chosen" });
});

it("has no box commands in a classification project", () => {
  const whole = { ...CONTEXT, whole: true };
  for (const key of ["i", "z", "j"]) expect(commandFor(press(key), whole)).toBeNull();
  expect(commandFor(press("A", { shift: true }), whole)).toBeNull();
  expect(commandFor(press("a"), whole)).toEqual({ name: "accept" });
  expect(commandFor(press("2"), whole)).toEqual({ name: "number", index: 1 });
});

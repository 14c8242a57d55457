import { describe, expect, it } from "vitest";
import { newAnnotation } from "./annotation";
import { commit, difference, documentOf, ordered, rebased, redo, undo } from "./document";

const BOX = { x_min: 1, y_min: 2, x_max: 30, y_max: 40 };
const a = newAnnotation("a", 1, BOX);
const b = newAnnotation("b", 2, BOX);

describe("history", () => {
  it("takes back and repeats one mark at a time", () => {
    const start = documentOf([a]);
    const two = commit(start, [{ id: "b", after: b }]);
    const three = commit(two, [{ id: "a", after: null }]);
    expect(ordered(three)).toEqual([b]);
    expect(ordered(undo(three))).toEqual([a, b]);
    expect(ordered(undo(undo(three)))).toEqual([a]);
    expect(ordered(redo(redo(undo(undo(three)))))).toEqual([b]);
  });

  it("takes back many changes of one mark at once", () => {
    const both = commit(documentOf([]), [
      { id: "a", after: a },
      { id: "b", after: b },
    ]);
    expect(ordered(undo(both))).toEqual([]);
  });

  it("forgets the future at the next change", () => {
    const back = undo(commit(documentOf([a]), [{ id: "b", after: b }]));
    expect(redo(commit(back, [{ id: "a", after: null }])).annotations.size).toBe(0);
  });

  it("leaves no mark when nothing changed", () => {
    const start = documentOf([a]);
    expect(commit(start, [{ id: "a", after: { ...a } }])).toBe(start);
    expect(undo(start)).toBe(start);
    expect(redo(start)).toBe(start);
  });
});

describe("difference", () => {
  it("names what was added, changed and deleted", () => {
    const start = documentOf([a, b]);
    const moved = { ...a, box: { ...BOX, x_max: 50 } };
    const end = commit(start, [
      { id: "a", after: moved },
      { id: "b", after: null },
    ]);
    expect(difference(start, end)).toEqual([
      { id: "a", before: a, after: moved },
      { id: "b", before: b, after: null },
    ]);
    expect(difference(start, start)).toEqual([]);
  });
});

describe("rebased", () => {
  it("takes over the server's state and keeps what is unsaved", () => {
    const mine = { ...a, label: 9 };
    const c = newAnnotation("c", 3, BOX);
    const next = rebased(
      documentOf([a]),
      [a, b, c],
      new Map([
        ["a", mine],
        ["c", null],
      ]),
    );
    expect(ordered(next)).toEqual([mine, b]);
  });

  it("keeps the history", () => {
    const before = commit(documentOf([]), [{ id: "a", after: a }]);
    expect(ordered(undo(rebased(before, [a, b], new Map())))).toEqual([b]);
  });
});

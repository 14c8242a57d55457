import { describe, expect, it } from "vitest";
import { type Annotation, newAnnotation } from "./annotation";
import type { Command } from "./commands";
import { ordered } from "./document";
import { CLOSED, chosen, type Editor, opened, selectedAnnotation, shownBoxes } from "./editor";
import { type Action, step } from "./step";
import { toImage } from "./viewport";

const IMAGE = { width: 400, height: 300 };
const A = newAnnotation("a", 1, { x_min: 10, y_min: 10, x_max: 110, y_max: 60 });
const B = newAnnotation("b", 2, { x_min: 200, y_min: 100, x_max: 260, y_max: 180 });

function editorWith(annotations: Annotation[], more: Partial<Editor> = {}): Editor {
  const stage = { width: 416, height: 316 };
  return {
    ...opened({ ...CLOSED, stage, editable: true, label: 1 }, IMAGE, annotations),
    view: { scale: 1, x: 8, y: 8 },
    ...more,
  };
}

function act(editor: Editor, ...actions: Action[]): Editor {
  let count = 0;
  return actions.reduce((now, action) => step(now, action, () => `new${++count}`), editor);
}

function command(editor: Editor, ...commands: Command[]): Editor {
  return act(editor, ...commands.map((one) => ({ type: "command", command: one }) as const));
}

describe("a drag", () => {
  const drag = (type: "down" | "move" | "up", x: number, y: number): Action => ({
    type: "pointer",
    input: {
      type,
      pointer: 1,
      kind: "mouse",
      at: { x, y },
      button: 0,
      force: false,
      turn: false,
      adds: false,
    },
  });

  it("makes one box with the label in hand, selected, and one undo mark", () => {
    const after = act(
      editorWith([]),
      drag("down", 58, 58),
      drag("move", 80, 80),
      drag("move", 108, 158),
      drag("up", 108, 158),
    );
    expect(selectedAnnotation(after)).toMatchObject({
      id: "new1",
      label: 1,
      source: "human",
      box: { x_min: 50, y_min: 50, x_max: 100, y_max: 150 },
    });
    expect(after.document.past).toHaveLength(1);
    expect(ordered(command(after, { name: "undo" }).document)).toEqual([]);
  });

  it("changes no document until it ends", () => {
    const before = editorWith([A], { selected: "a", picked: true });
    const during = act(before, drag("down", 68, 43), drag("move", 90, 60), drag("move", 120, 80));
    expect(during.document).toBe(before.document);
    expect(during.gesture).toMatchObject({ kind: "moving", id: "a" });
  });

  it("keeps its first corner while one zooms", () => {
    const wheel: Action = { type: "wheel", at: { x: 300, y: 200 }, dx: 0, dy: -120, zoom: true };
    const after = act(
      editorWith([]),
      drag("down", 58, 58),
      drag("move", 80, 80),
      wheel,
      drag("move", 300, 200),
      drag("up", 300, 200),
    );
    expect(selectedAnnotation(after)?.box).toMatchObject({ x_min: 50, y_min: 50, x_max: 292, y_max: 192 });
  });

  it("zooms by a fifth at most with a notch of the wheel, towards the pointer", () => {
    const at = { x: 300, y: 200 };
    const wheel = (dy: number): Action => ({ type: "wheel", at, dx: 0, dy, zoom: true });
    const before = editorWith([]);
    const scales = [-100, -120, -960, 120].map((dy) => act(before, wheel(dy)).view.scale);
    expect(scales.map((scale) => Math.round(scale * 100))).toEqual([116, 120, 120, 83]);
    expect(toImage(act(before, wheel(-120)).view, at).x).toBeCloseTo(toImage(before.view, at).x);
  });

  it("is dropped by Escape", () => {
    const during = act(
      editorWith([A], { selected: "a", picked: true }),
      drag("down", 68, 43),
      drag("move", 120, 80),
    );
    const after = act(during, { type: "command", command: { name: "cancel" } }, drag("up", 120, 80));
    expect(selectedAnnotation(after)).toEqual(A);
  });
});

describe("a label picked after drawing", () => {
  const pointer = (type: "down" | "move" | "up", x: number, y: number): Action => ({
    type: "pointer",
    input: {
      type,
      pointer: 1,
      kind: "mouse",
      at: { x, y },
      button: 0,
      force: false,
      turn: false,
      adds: false,
    },
  });
  const draw = (x: number, y: number): Action[] => [
    pointer("down", x, y),
    pointer("move", x + 20, y + 20),
    pointer("move", x + 40, y + 30),
    pointer("up", x + 40, y + 30),
  ];
  const click = (x: number, y: number): Action[] => [pointer("down", x, y), pointer("up", x, y)];
  const label = (id: number): Action => ({ type: "command", command: { name: "label", label: id } });
  const labels = (editor: Editor): number[] => ordered(editor.document).map((one) => one.label);

  it("is that of the next box: 2, draw, 3, draw", () => {
    const after = act(editorWith([]), label(2), ...draw(58, 58), label(3), ...draw(200, 58));
    expect(labels(after)).toEqual([2, 3]);
  });

  it("leaves the drawn box selected and the undo history alone", () => {
    const after = act(editorWith([]), label(2), ...draw(58, 58), label(3));
    expect(after).toMatchObject({ selected: "new1", label: 3 });
    expect(after.document.past).toHaveLength(1);
    expect(labels(command(after, { name: "nudge", dx: 1, dy: 0 }))).toEqual([2]);
    expect(labels(command(after, { name: "remove" }))).toEqual([]);
  });

  it("is that of the next box too once the drawn box was pulled larger", () => {
    const moved = act(
      editorWith([]),
      ...draw(58, 58),
      pointer("down", 104, 94),
      pointer("move", 120, 120),
      pointer("up", 120, 120),
    );
    expect(moved.document.past).toHaveLength(2);
    expect(labels(act(moved, label(3)))).toEqual([1]);
  });

  it("leaves alone what a deletion, an undo or a redo selected", () => {
    const gone = command(editorWith([A, B], { selected: "a", picked: true }), { name: "remove" });
    expect(labels(act(gone, label(3)))).toEqual([2]);
    const back = command(gone, { name: "undo" });
    expect(labels(act(back, label(3)))).toEqual([1, 2]);
    const again = command(act(editorWith([]), ...draw(58, 58)), { name: "undo" }, { name: "redo" });
    expect(labels(act(again, label(3)))).toEqual([1]);
  });

  it("relabels the drawn box once it is picked: by a click, by Tab, in the list", () => {
    const drawnBox = act(editorWith([]), ...draw(58, 58));
    const picks: Action[][] = [
      click(78, 73),
      [{ type: "command", command: { name: "cycle", by: 1 } }],
      [{ type: "select", id: "new1", reveal: true }],
    ];
    for (const pick of picks) expect(labels(act(drawnBox, ...pick, label(3)))).toEqual([3]);
  });
});

describe("commands", () => {
  it("nudge, and stop at the edge", () => {
    const after = command(editorWith([A], { selected: "a" }), { name: "nudge", dx: -20, dy: 1 });
    expect(selectedAnnotation(after)?.box).toEqual({ x_min: 0, y_min: 11, x_max: 100, y_max: 61 });
  });

  it("take a row of nudges back at once, as long as they come quickly and move the same", () => {
    const nudge = (at: number, dx = 1): Command => ({ name: "nudge", dx, dy: 0, at });
    const start = editorWith([A, B], { selected: "a" });
    const steps = (...commands: Command[]): number => command(start, ...commands).document.past.length;
    const row = command(start, nudge(0), { name: "grow", dx: 1, dy: 0, at: 900 }, nudge(1_800, 10));
    expect(row.document.past).toHaveLength(1);
    const back = command(row, { name: "undo" });
    expect(selectedAnnotation(back)).toEqual(A);
    expect(selectedAnnotation(command(back, { name: "redo" }))).toEqual(selectedAnnotation(row));
    expect(steps(nudge(0), nudge(1_001))).toBe(2);
    expect(steps(nudge(0), { name: "flag", flag: "difficult" }, nudge(10))).toBe(3);
    expect(steps(nudge(0), { name: "cycle", by: 1 }, { name: "cycle", by: 1 }, nudge(10))).toBe(2);
    expect(steps({ name: "nudge", dx: 1, dy: 0 }, { name: "nudge", dx: 1, dy: 0 })).toBe(2);
    expect(steps(nudge(0), nudge(10, -1))).toBe(0);
  });

  it("grow the lower right corner, and never turn the box over", () => {
    const grown = command(editorWith([A], { selected: "a" }), { name: "grow", dx: 10, dy: 0 });
    expect(selectedAnnotation(grown)?.box?.x_max).toBe(120);
    const shrunk = command(editorWith([A], { selected: "a" }), { name: "grow", dx: -500, dy: 0 });
    expect(selectedAnnotation(shrunk)).toEqual(A);
  });

  it("relabel the selected box and take the label in hand", () => {
    const after = command(editorWith([A], { selected: "a", picked: true }), { name: "label", label: 2 });
    expect(selectedAnnotation(after)?.label).toBe(2);
    expect(after.label).toBe(2);
  });

  it("delete and select the neighbour", () => {
    const after = command(editorWith([A, B], { selected: "a" }), { name: "remove" });
    expect(ordered(after.document)).toEqual([B]);
    expect(after.selected).toBe("b");
  });

  it("cycle through all boxes and round", () => {
    const one = command(editorWith([A, B]), { name: "cycle", by: 1 });
    expect(one.selected).toBe("a");
    expect(command(one, { name: "cycle", by: 1 }).selected).toBe("b");
    expect(command(one, { name: "cycle", by: -1 }).selected).toBe("b");
  });

  it("copy and paste beside the original, and where it was on another image", () => {
    const copied = command(editorWith([A], { selected: "a" }), { name: "copy" });
    expect(selectedAnnotation(command(copied, { name: "paste" }))?.box?.x_min).toBeGreaterThan(10);
    const there = command(opened(copied, IMAGE, []), { name: "paste" });
    expect(selectedAnnotation(there)).toMatchObject({ box: A.box, label: 1 });
  });

  it("add a box in the middle of what is seen, for keyboards", () => {
    const after = command(editorWith([]), { name: "add" });
    expect(selectedAnnotation(after)?.box).toMatchObject({ x_min: 148, x_max: 252 });
  });

  it("let go in steps: gesture, selection, stage", () => {
    const none = command(editorWith([A], { selected: "a" }), { name: "cancel" });
    expect(none).toMatchObject({ selected: null, tabLeaves: false });
    expect(command(none, { name: "cancel" }).tabLeaves).toBe(true);
  });

  it("change nothing for a viewer", () => {
    const viewer = editorWith([A], { selected: "a", editable: false });
    for (const name of ["remove", "duplicate", "add", "undo", "clear"] as const) {
      expect(command(viewer, { name }).document).toBe(viewer.document);
    }
    expect(command(viewer, { name: "label", label: 2 }).document).toBe(viewer.document);
    expect(command(viewer, { name: "nudge", dx: 1, dy: 1 }).document).toBe(viewer.document);
  });

  it("undo and redo select what they changed", () => {
    const gone = command(editorWith([A, B], { selected: "a" }), { name: "remove" });
    const back = command(gone, { name: "undo" });
    expect(back.selected).toBe("a");
    expect(command(back, { name: "redo" }).selected).toBeNull();
  });

  it("undo lets go of a box that is gone", () => {
    const made = command(editorWith([]), { name: "add" });
    expect(command(made, { name: "undo" }).selected).toBeNull();
  });
});

describe("a whole-image label", () => {
  const whole = (annotations: Annotation[]): Editor => editorWith(annotations, { whole: true });

  it("is made by the first key", () => {
    const after = command(whole([]), { name: "label", label: 2 });
    expect(ordered(after.document)).toMatchObject([{ id: "new1", label: 2, box: null }]);
  });

  it("is exactly one: the next key changes it, extra ones go", () => {
    const two = whole([newAnnotation("x", 1, null), newAnnotation("y", 2, null)]);
    const after = command(two, { name: "label", label: 3 });
    expect(ordered(after.document)).toMatchObject([{ id: "x", label: 3 }]);
    expect(ordered(command(after, { name: "undo" }).document)).toHaveLength(2);
  });
});

describe("the view", () => {
  it("follows the stage's size until someone zooms", () => {
    const wide = act(editorWith([]), { type: "stage", stage: { width: 816, height: 616 } });
    expect(wide.view.scale).toBe(2);
    const zoomed = act(wide, { type: "wheel", at: { x: 5, y: 5 }, dx: 0, dy: -100, zoom: true });
    const narrow = act(zoomed, { type: "stage", stage: { width: 816, height: 316 } });
    expect(narrow.view.scale).toBe(zoomed.view.scale);
    expect(command(narrow, { name: "fit" }).view.scale).toBe(1);
  });

  it("brings a selected box into sight when it is picked in the list", () => {
    const near = editorWith([A, B], { view: { scale: 8, x: 0, y: 0 } });
    const after = act(near, { type: "select", id: "b", reveal: true });
    expect(after.view).not.toEqual(near.view);
  });
});

describe("flags", () => {
  const flag = { name: "flag", flag: "truncated" } as const;

  it("are put on the selected box and taken off again, beside what a file said", () => {
    const posed = { ...A, attributes: { pose: "Left" } };
    const on = command(editorWith([posed], { selected: "a" }), flag);
    expect(selectedAnnotation(on)?.attributes).toEqual({ pose: "Left", truncated: true });
    const off = command(on, flag);
    expect(selectedAnnotation(off)?.attributes).toEqual({ pose: "Left" });
    expect(off.document.past).toHaveLength(2);
    expect(selectedAnnotation(command(off, { name: "undo" }))?.attributes).toMatchObject({ truncated: true });
  });

  it("are not for who may only look", () => {
    const viewer = editorWith([A], { selected: "a", editable: false });
    expect(command(viewer, flag).document).toBe(viewer.document);
  });
});

describe("the image before", () => {
  const repeat = { name: "repeat" } as const;
  const next = (editor: Editor, size = IMAGE): Editor => opened(editor, size, []);

  it("lends its boxes, once, as one step", () => {
    const here = command(next(editorWith([A, B])), repeat, repeat);
    expect(ordered(here.document).map(({ id, label, box }) => [id, label, box])).toEqual([
      ["new1", 1, A.box],
      ["new2", 2, B.box],
    ]);
    expect(here.document.past).toHaveLength(1);
    expect(command(next(here), repeat).document.annotations.size).toBe(2);
  });

  it("lends them from before an image without any, and to one of another size", () => {
    const later = next(next(editorWith([A])), { width: 200, height: 150 });
    expect(ordered(command(later, repeat).document)[0]?.box).toEqual({
      x_min: 5,
      y_min: 5,
      x_max: 55,
      y_max: 30,
    });
  });

  it("leaves its zoom and place to one of the same size, where that is wished", () => {
    const wheel: Action = { type: "wheel", at: { x: 50, y: 50 }, dx: 0, dy: -120, zoom: true };
    const near = act(editorWith([A], { keepsView: true }), wheel);
    expect(next(near).view).toEqual(near.view);
    expect(next({ ...near, keepsView: false }).view).not.toEqual(near.view);
    expect(next(near, { width: 400, height: 200 }).follows).toBe(true);
    expect(next(editorWith([A], { keepsView: true })).follows).toBe(true);
  });
});

describe("several boxes", () => {
  const D = newAnnotation("d", 1, { x_min: 300, y_min: 200, x_max: 320, y_max: 220 });
  const all = { name: "all" } as const;
  const three = (more: Partial<Editor> = {}): Editor => editorWith([A, B, D], more);
  const pointer = (type: "down" | "move" | "up", x: number, y: number, adds = false): Action => ({
    type: "pointer",
    input: { type, pointer: 1, kind: "mouse", at: { x, y }, button: 0, force: false, turn: false, adds },
  });
  const labels = (editor: Editor): number[] => ordered(editor.document).map(({ label }) => label);

  it("take one label, move and go as one step", () => {
    const chosenAll = command(three(), all);
    const relabelled = command(chosenAll, { name: "label", label: 3 });
    expect([labels(relabelled), relabelled.document.past.length]).toEqual([[3, 3, 3], 1]);
    const right = command(chosenAll, { name: "nudge", dx: 5, dy: 0 });
    expect(ordered(right.document).map(({ box }) => box?.x_min)).toEqual([15, 205, 305]);
    const gone = command(chosenAll, { name: "remove" });
    expect([gone.document.annotations.size, gone.selected, gone.others.size]).toEqual([0, null, 0]);
    expect(command(gone, { name: "undo" }).document.annotations.size).toBe(3);
  });

  it("are selected by a frame around their middles, and one by one with Ctrl", () => {
    const frame = [
      pointer("down", 180, 80),
      pointer("move", 220, 120),
      pointer("move", 340, 240),
      pointer("up", 340, 240),
    ];
    const framed = act(three({ tool: "select" }), ...frame);
    expect(chosen(framed).sort()).toEqual(["b", "d"]);
    const withA = act(framed, pointer("down", 50, 30, true), pointer("up", 50, 30, true));
    expect(chosen(withA).sort()).toEqual(["a", "b", "d"]);
    const without = act(withA, pointer("down", 50, 30, true), pointer("up", 50, 30, true));
    expect(chosen(without).sort()).toEqual(["b", "d"]);
    expect(act(framed, pointer("down", 50, 30), pointer("up", 50, 30))).toMatchObject({ selected: "a" });
  });

  it("are copied together, and the copies are selected", () => {
    const doubled = command(three(), all, { name: "duplicate" });
    expect([doubled.document.annotations.size, doubled.document.past.length]).toEqual([6, 1]);
    expect(chosen(doubled)).toEqual(["new1", "new2", "new3"]);
    const there = command(opened(command(three(), all, { name: "copy" }), IMAGE, []), { name: "paste" });
    expect(ordered(there.document).map(({ box }) => box?.x_min)).toEqual([10, 200, 300]);
  });

  it("drops from the selection what a colleague deleted", () => {
    const chosenAll = command(three(), all);
    const annotations = new Map([["d", D]]);
    const after = act(chosenAll, { type: "document", document: { ...chosenAll.document, annotations } });
    expect(chosen(after)).toEqual(["d"]);
    const other = { ...chosenAll.document, annotations: new Map([["a", A]]) };
    expect(chosen(act(chosenAll, { type: "document", document: other }))).toEqual(["a"]);
  });

  it("that are locked are changed by nothing, and found by no pointer", () => {
    const locked = command(three(), { name: "lock", ids: ["a", "b"] }, all);
    const after = command(
      locked,
      { name: "nudge", dx: 5, dy: 0 },
      { name: "label", label: 3 },
      { name: "remove" },
    );
    expect(ordered(after.document)).toEqual([A, B]);
    const click = [pointer("down", 50, 30), pointer("up", 50, 30)];
    expect(act(locked, ...click).selected).toBeNull();
    expect(command(locked, { name: "lock", ids: ["a", "b"] }).locked.size).toBe(0);
  });

  it("that are hidden lie in nobody's way until the image is left", () => {
    const others = command(three({ selected: "b" }), { name: "conceal", ids: "others" });
    expect(shownBoxes(others)).toEqual([B]);
    const click = [pointer("down", 50, 30), pointer("up", 50, 30)];
    expect(act(others, ...click).selected).toBeNull();
    expect(shownBoxes(command(others, { name: "conceal", ids: "others" }))).toHaveLength(3);
    expect(opened(others, IMAGE, [A]).concealed.size).toBe(0);
  });
});

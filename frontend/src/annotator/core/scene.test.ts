import { expect, it } from "vitest";
import { newAnnotation } from "./annotation";
import { documentOf } from "./document";
import { CLOSED, type Editor, opened } from "./editor";
import { cursorOf, type LabelLooks, liveScene, restScene } from "./scene";
import { step } from "./step";

const LOOKS: LabelLooks = new Map([
  [1, { name: "person", color: "#AA53FB", key: "1", pattern: 0 }],
  [2, { name: "kite", color: "#D4651C", key: "2", pattern: 0 }],
]);
const A = newAnnotation("a", 1, { x_min: 10, y_min: 10, x_max: 110, y_max: 90 });
const TINY = newAnnotation("b", 2, { x_min: 200, y_min: 100, x_max: 220, y_max: 120 });

function editorWith(more: Partial<Editor> = {}): Editor {
  const stage = { width: 416, height: 316 };
  return {
    ...opened({ ...CLOSED, stage, editable: true, label: 1 }, { width: 400, height: 300 }, [A, TINY]),
    view: { scale: 1, x: 8, y: 8 },
    ...more,
  };
}

it("draws boxes at rest in their label's colour, small ones thin and without a tag", () => {
  const { strokes, tags } = restScene(editorWith(), LOOKS);
  expect(strokes.map(({ color, thin }) => [color, thin])).toEqual([
    ["#AA53FB", false],
    ["#D4651C", true],
  ]);
  expect(tags.map(({ text, short, room }) => [text, short, room])).toEqual([["person", "1", 100]]);
});

it("draws the selected box live, with name and eight handles", () => {
  const selected = editorWith({ selected: "a" });
  expect(restScene(selected, LOOKS).strokes).toHaveLength(1);
  const live = liveScene(selected, LOOKS);
  expect(live.handles).toHaveLength(8);
  expect(live.tags.map(({ text }) => text)).toEqual(["person"]);
});

it("draws a rival's boxes dashed, and says whose they are", () => {
  const live = liveScene(editorWith({ selected: "a" }), LOOKS, [
    { boxes: [{ ...A, box: A.box! }], by: "Bob" },
  ]);
  expect(live.theirs).toMatchObject([{ dashed: true, color: "#AA53FB" }]);
  expect(live.tags.map(({ text, detail }) => [text, detail])).toEqual([
    ["person", ""],
    ["Bob", "person"],
  ]);
});

it("gives a phone four round handles, and a tiny box no side handles", () => {
  const phone = editorWith({ selected: "a", coarse: true });
  expect(liveScene(phone, LOOKS)).toMatchObject({ round: true, handles: { length: 4 } });
  expect(liveScene(editorWith({ selected: "b" }), LOOKS).handles).toHaveLength(4);
});

it("keeps the handles off a small box", () => {
  const { handles } = liveScene(editorWith({ selected: "b" }), LOOKS);
  expect(handles[0]).toEqual({ x: 202, y: 102 });
});

it("marks the points that are set, and the box around them", () => {
  const gesture = { kind: "placing", points: [{ x: 10, y: 20 }], at: { x: 50, y: 60 } } as const;
  const box = { x_min: 10, y_min: 20, x_max: 42, y_max: 52 };
  const live = liveScene(editorWith({ tool: "extreme", gesture: { ...gesture, box } }), LOOKS);
  expect([live.handles, live.cross?.at]).toEqual([[{ x: 18, y: 28 }], { x: 50, y: 60 }]);
});

it("follows the hand during a drag, and leaves the boxes at rest alone", () => {
  const before = editorWith({ selected: "a", picked: true });
  const at = (type: "down" | "move", x: number, y: number) =>
    ({
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
    }) as const;
  const during = [at("down", 60, 60), at("move", 80, 60)].reduce(
    (now, one) => step(now, one, () => "x"),
    before,
  );
  expect(liveScene(during, LOOKS).stroke?.box.x_min).toBe(38);
  expect(restScene(during, LOOKS)).toEqual(restScene(before, LOOKS));
  expect(cursorOf(during)).toBe("move");
});

it("crosses the stage in the colour of the label in hand", () => {
  const at = { x: 300, y: 250 };
  const hovering = editorWith({ label: 2, gesture: { kind: "idle", at, hover: { on: "nothing" } } });
  expect(liveScene(hovering, LOOKS).cross).toEqual({ at, color: "#D4651C" });
  expect(cursorOf(hovering)).toBe("crosshair");
  expect(liveScene({ ...hovering, editable: false }, LOOKS).cross).toBeNull();
});

it("says a label's name once: at the pointer, while the box just drawn is still selected", () => {
  const idle = { kind: "idle", at: { x: 300, y: 250 }, hover: { on: "nothing" } } as const;
  const drawn = editorWith({ selected: "a", gesture: idle });
  expect(liveScene(drawn, LOOKS).tags.map(({ text }) => text)).toEqual(["1", "person"]);
  const picked = liveScene({ ...drawn, picked: true, label: 2 }, LOOKS);
  expect(picked.tags.map(({ text }) => text)).toEqual(["person", "kite"]);
});

it("writes the name on a box whose label has no digit", () => {
  const looks: LabelLooks = new Map([
    ...LOOKS,
    [1, { name: "person", color: "#AA53FB", key: "", pattern: 0 }],
  ]);
  expect(restScene(editorWith(), looks).tags).toMatchObject([{ text: "person", short: "" }]);
  const idle = { kind: "idle", at: { x: 300, y: 250 }, hover: { on: "nothing" } } as const;
  const drawn = editorWith({ selected: "a", gesture: idle, label: 2 });
  expect(liveScene(drawn, looks).tags.map(({ text }) => text)).toEqual(["person", "kite"]);
});

it("writes the name on a small box too, where the label has no digit", () => {
  const looks: LabelLooks = new Map([[2, { name: "kite", color: "#D4651C", key: "", pattern: 0 }]]);
  expect(restScene(editorWith(), looks).tags.map(({ text }) => text)).toEqual(["kite"]);
});

it("writes no names on many boxes, and nothing on more", () => {
  const crowd = (count: number): Editor => {
    const all = Array.from({ length: count }, (_, n) => newAnnotation(`${n}`, n % 2 === 0 ? 1 : 3, A.box));
    return { ...editorWith(), document: documentOf(all) };
  };
  const looks: LabelLooks = new Map([...LOOKS, [3, { name: "mast", color: "#AA53FB", key: "", pattern: 1 }]]);
  const texts = (count: number) => new Set(restScene(crowd(count), looks).tags.map(({ text }) => text));
  expect(texts(40)).toEqual(new Set(["person", "mast"]));
  expect(texts(41)).toEqual(new Set(["1", "mast"]));
  expect(texts(121)).toEqual(new Set());
});

it("draws a label's pattern on its boxes, and never on dashes", () => {
  const looks: LabelLooks = new Map([[1, { name: "person", color: "#AA53FB", key: "1", pattern: 2 }]]);
  expect(restScene(editorWith(), looks).strokes[0]).toMatchObject({ dashed: false, pattern: 2 });
  const theirs = liveScene(editorWith(), looks, [{ boxes: [{ label: 1, box: A.box! }], by: "Bob" }]).theirs;
  expect(theirs).toMatchObject([{ dashed: true, pattern: 0 }]);
});

it("hides all", () => {
  expect(restScene(editorWith({ hidden: true }), LOOKS).strokes).toEqual([]);
  expect(liveScene(editorWith({ hidden: true, selected: "a" }), LOOKS).stroke).toBeNull();
});

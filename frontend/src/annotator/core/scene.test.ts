import { expect, it } from "vitest";
import { newAnnotation } from "./annotation";
import { CLOSED, type Editor, opened } from "./editor";
import { cursorOf, type LabelLooks, liveScene, restScene } from "./scene";
import { step } from "./step";

const LOOKS: LabelLooks = new Map([
  [1, { name: "person", color: "#AA53FB", key: "1" }],
  [2, { name: "kite", color: "#D4651C", key: "2" }],
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
  expect(tags.map(({ text }) => text)).toEqual(["1"]);
});

it("draws the selected box live, with name and eight handles", () => {
  const selected = editorWith({ selected: "a" });
  expect(restScene(selected, LOOKS).strokes).toHaveLength(1);
  const live = liveScene(selected, LOOKS);
  expect(live.handles).toHaveLength(8);
  expect(live.tags.map(({ text }) => text)).toEqual(["person"]);
});

it("gives a phone four round handles, and a tiny box no side handles", () => {
  const phone = editorWith({ selected: "a", coarse: true });
  expect(liveScene(phone, LOOKS)).toMatchObject({ round: true, handles: { length: 4 } });
  expect(liveScene(editorWith({ selected: "b" }), LOOKS).handles).toHaveLength(4);
});

it("follows the hand during a drag, and leaves the boxes at rest alone", () => {
  const before = editorWith({ selected: "a" });
  const at = (type: "down" | "move", x: number, y: number) =>
    ({
      type: "pointer",
      input: { type, pointer: 1, kind: "mouse", at: { x, y }, button: 0, force: false },
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

it("hides all", () => {
  expect(restScene(editorWith({ hidden: true }), LOOKS).strokes).toEqual([]);
  expect(liveScene(editorWith({ hidden: true, selected: "a" }), LOOKS).stroke).toBeNull();
});

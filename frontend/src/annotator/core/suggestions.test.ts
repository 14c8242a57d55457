import { expect, it } from "vitest";
import { newAnnotation } from "./annotation";
import type { Command } from "./commands";
import { CLOSED, type Editor, opened, selectedSuggestion, suggestions } from "./editor";
import type { Box } from "./geometry";
import { restScene } from "./scene";
import { step } from "./step";
import { overlap, type Suggestion } from "./suggestions";

const LOOKS = new Map([[1, { name: "person", color: "#AA53FB", key: "1", pattern: 0 }]]);
const at = (x: number): Box => ({ x_min: x, y_min: 50, x_max: x + 60, y_max: 110 });

function suggestion(id: string, x: number, score: number): Suggestion {
  return { ...newAnnotation(id, 1, at(x)), box: at(x), source: "model", score };
}

const ALL = [suggestion("s1", 10, 0.9), suggestion("s2", 100, 0.6), suggestion("s3", 200, 0.3)];

function editorWith(drawn: Box | null = null): Editor {
  const stage = { width: 416, height: 316 };
  const annotations = drawn ? [newAnnotation("a", 1, drawn)] : [];
  const editor = opened(
    { ...CLOSED, stage, editable: true, label: 1 },
    { width: 400, height: 300 },
    annotations,
  );
  const suggested = { all: ALL, from: 0.4 };
  return step({ ...editor, view: { scale: 1, x: 0, y: 0 } }, { type: "suggested", suggested }, () => "new");
}

function run(editor: Editor, ...commands: Command[]): Editor {
  return commands.reduce((now, command) => step(now, { type: "command", command }, () => "new"), editor);
}

function drag(editor: Editor, from: [number, number], to: [number, number]): Editor {
  const input = (type: "down" | "move" | "up", [x, y]: [number, number]) =>
    ({
      type,
      pointer: 1,
      kind: "mouse",
      at: { x, y },
      button: 0,
      force: false,
      turn: false,
      adds: false,
    }) as const;
  const inputs = [input("move", from), input("down", from), input("move", to), input("up", to)];
  return inputs.reduce((now, one) => step(now, { type: "pointer", input: one }, () => "new"), editor);
}

const ids = (editor: Editor): string[] => suggestions(editor).map(({ id }) => id);

it("shows what scores enough, without what a box already covers", () => {
  expect(ids(editorWith())).toEqual(["s1", "s2"]);
  expect(ids(editorWith(at(15)))).toEqual(["s2"]);
  expect(ids(run(editorWith(), { name: "suggestFrom", score: 0.1 }))).toEqual(["s1", "s2", "s3"]);
  expect(overlap(at(10), at(10))).toBe(1);
  expect(overlap(at(10), at(90))).toBe(0);
});

it("accepts the best as it was, then the next; undo brings it back", () => {
  const once = run(editorWith(), { name: "accept" });
  expect(once.document.annotations.get("s1")).toMatchObject({ source: "model", score: 0.9, box: at(10) });
  expect([ids(once), selectedSuggestion(once)?.id]).toEqual([["s2"], "s2"]);
  const twice = run(once, { name: "accept" });
  expect([ids(twice), twice.selected]).toEqual([[], null]);
  expect(ids(run(twice, { name: "undo" }))).toEqual(["s2"]);
});

it("accepts all that are shown in one step", () => {
  const all = run(editorWith(), { name: "acceptAll" });
  expect([...all.document.annotations.keys()]).toEqual(["s1", "s2"]);
  expect(run(all, { name: "undo" }).document.annotations.size).toBe(0);
});

it("makes a dragged or relabelled suggestion a person's", () => {
  const moved = drag(drag(editorWith(), [30, 80], [30, 80]), [30, 80], [50, 90]);
  const box = { x_min: 30, y_min: 60, x_max: 90, y_max: 120 };
  expect(moved.document.annotations.get("s1")).toMatchObject({ source: "human", score: null, box });
  const picked = step(editorWith(), { type: "select", id: "s2", reveal: false }, () => "new");
  const other = run(picked, { name: "label", label: 2 });
  expect(other.document.annotations.get("s2")).toMatchObject({ source: "human", label: 2, score: null });
});

it("draws over a suggestion that nobody selected", () => {
  const drawn = drag(editorWith(), [150, 60], [180, 100]);
  expect([...drawn.document.annotations.keys()]).toEqual(["new"]);
});

it("takes a rejection back and forth like any other step", () => {
  const undone = run(
    editorWith(),
    { name: "reject" },
    { name: "accept" },
    { name: "undo" },
    { name: "undo" },
  );
  expect([ids(undone), undone.selected]).toEqual([["s1", "s2"], "s1"]);
  expect(undone.document.annotations.size).toBe(0);
  expect(ids(run(undone, { name: "redo" }))).toEqual(["s2"]);
  const both = run(editorWith(at(300)), { name: "all" }, { name: "toggle", id: "s1" }, { name: "remove" });
  expect([ids(both), both.document.annotations.size]).toEqual([["s2"], 0]);
  const back = run(both, { name: "undo" });
  expect([ids(back), back.document.annotations.size]).toEqual([["s1", "s2"], 1]);
});

it("rejects the selected one, by its key or like a box", () => {
  const rejected = run(editorWith(), { name: "suggestion" }, { name: "reject" });
  expect([ids(rejected), [...rejected.document.rejected], rejected.selected]).toEqual([["s2"], ["s1"], "s2"]);
  expect(ids(run(rejected, { name: "remove" }))).toEqual([]);
  expect(rejected.document.annotations.size).toBe(0);
});

it("changes nothing for who may only look", () => {
  const looking = { ...editorWith(), editable: false };
  for (const name of ["accept", "acceptAll", "reject"] as const) expect(run(looking, { name })).toBe(looking);
});

it("draws suggestions dashed, with name and score", () => {
  const { strokes, tags } = restScene(editorWith(), LOOKS);
  expect(strokes.map(({ dashed }) => dashed)).toEqual([true, true]);
  expect(tags.map(({ text, detail, dark }) => [text, detail, dark])).toEqual([
    ["person", "0.90", true],
    ["person", "0.60", true],
  ]);
  expect(restScene({ ...editorWith(), hidden: true }, LOOKS).strokes).toEqual([]);
});

it("takes, hides and puts away several that are selected, among boxes too", () => {
  const both = run(
    editorWith({ ...at(300), x_max: 340 }),
    { name: "toggle", id: "a" },
    { name: "toggle", id: "s1" },
    { name: "toggle", id: "s2" },
  );
  const taken = run(both, { name: "accept" });
  expect([...taken.document.annotations.values()].map(({ id, source }) => [id, source])).toEqual([
    ["a", "human"],
    ["s1", "model"],
    ["s2", "model"],
  ]);
  const removed = run(both, { name: "remove" });
  expect([removed.document.annotations.size, ids(removed), removed.others.size]).toEqual([0, [], 0]);
  const moved = run(both, { name: "nudge", dx: 1, dy: 0 });
  expect([...moved.document.annotations.values()].map(({ source }) => source)).toEqual([
    "human",
    "human",
    "human",
  ]);
  const flagged = run(editorWith(), { name: "suggestion" }, { name: "flag", flag: "occluded" });
  expect(flagged.document.annotations.get("s1")).toMatchObject({ source: "human", score: null });
});

it("never takes unseen what is hidden", () => {
  const hidden = run(editorWith(), { name: "conceal", ids: ["s1"] });
  expect(restScene(hidden, LOOKS).strokes).toHaveLength(1);
  expect([...run(hidden, { name: "acceptAll" }).document.annotations.keys()]).toEqual(["s2"]);
  expect([...run(hidden, { name: "accept" }).document.annotations.keys()]).toEqual(["s2"]);
  expect(drag(hidden, [30, 80], [30, 80]).selected).toBeNull();
  const all = run(editorWith(), { name: "hide" }, { name: "accept" });
  expect([all.hidden, all.document.annotations.size]).toEqual([false, 1]);
  const others = run(editorWith(at(200)), { name: "toggle", id: "a" }, { name: "conceal", ids: "others" });
  expect([...others.concealed]).toEqual(["s1", "s2"]);
  expect(run(others, { name: "conceal", ids: "others" }).concealed.size).toBe(0);
  expect(run(editorWith(), { name: "suggestion" }, { name: "lock", ids: "chosen" }).locked.size).toBe(0);
});

it("leaves suggestions in peace when a box is deleted, or all are selected", () => {
  const picked = run(editorWith(at(300)), { name: "all" });
  expect([picked.selected, picked.others.size]).toEqual(["a", 0]);
  const removed = run(picked, { name: "remove" }, { name: "remove" });
  expect([ids(removed), removed.selected]).toEqual([["s1", "s2"], null]);
});

it("labels a whole image as the model thinks likeliest, in one step", () => {
  const guess = { ...newAnnotation("g1", 2, null), source: "model", score: 0.9 };
  const whole = { ...editorWith(), whole: true };
  const suggested = { all: [], guesses: [guess], from: 0.4 };
  const labelled = run(
    step(whole, { type: "suggested", suggested }, () => "new"),
    { name: "label", label: 1 },
  );
  const taken = run(labelled, { name: "accept" });
  expect([...taken.document.annotations.values()]).toEqual([guess]);
  expect(run(taken, { name: "accept" }).document).toBe(taken.document);
  expect([...run(taken, { name: "undo" }).document.annotations.keys()]).toEqual(["new"]);
  expect(run({ ...labelled, editable: false }, { name: "accept" }).document).toBe(labelled.document);
});

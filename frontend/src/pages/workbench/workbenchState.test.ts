import { beforeEach, expect, it, vi } from "vitest";
import { boxes } from "../../annotator/core/editor";
import type { Annotation, AnnotationState, Queue, Role } from "../../api/types";
import { session } from "../../app/session";
import { asksLabel } from "./preferences";
import { IMAGE, workbenchFor } from "./workbench.testing";

const THEIRS: Annotation = {
  id: "theirs",
  label: 11,
  x_min: 1,
  y_min: 1,
  x_max: 50,
  y_max: 50,
  source: "human",
  score: null,
  created_by: { id: 2, name: "Bob" },
  updated_at: "2026-01-01T00:00:00Z",
};
const STATE: AnnotationState = { revision: 3, queue: "unlabelled", annotations: [THEIRS] };

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  session.value = null;
});

it("opens with the first label in hand, and writes down what is drawn", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  expect(workbench.label.value).toBe(10);
  workbench.command({ name: "add" });
  const entry = workbench.saving.saver.entry(7);
  expect(entry?.base).toBe(3);
  expect(Object.values(entry?.changes ?? {})).toMatchObject([{ value: { label: 10 } }]);
  expect(workbench.added.value.get(10)).toBe(1);
});

it("takes over a colleague's save without touching what is unsaved here", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  workbench.command({ name: "add" });
  workbench.takeOver(7, { revision: 4, queue: "labelled", annotations: [] });
  expect(boxes(workbench.editor.value).map(({ label }) => label)).toEqual([10]);
  expect(workbench.queue.value).toBe("labelled");
  workbench.takeOver(7, STATE);
  expect(workbench.revision.value).toBe(4);
});

it("hides a suggestion that was put away until the server has heard of it, and asks for it when it is back", async () => {
  const box = { id: "s", label: 10, x_min: 90, y_min: 90, x_max: 190, y_max: 190, score: 0.9 };
  const opened = { image: IMAGE, state: STATE, holder: null };
  const suggested = { run_number: 3, shown_score: 0.4, boxes: [box] };
  const fetch = vi.fn(async () => Response.json({ ...suggested, boxes: [] }));
  vi.stubGlobal("fetch", fetch);
  const workbench = workbenchFor("annotator", async () => STATE);
  const { saver } = workbench.saving;
  workbench.show({ ...opened, suggested });
  workbench.command({ name: "reject", id: "s" });
  workbench.show({ ...opened, suggested });
  expect([workbench.suggestions.value, saver.entry(7)?.putAway]).toEqual([
    [],
    { s: { value: true, turn: 1 } },
  ]);
  saver.recordPutAway(IMAGE, 3, ["s"], false);
  workbench.show(opened);
  await vi.waitFor(() => expect(workbench.suggestedBy.value).toBe(3));
  fetch.mockImplementation(async () => Response.json(suggested));
  workbench.takeOver(7, STATE);
  expect(workbench.suggestions.value).toEqual([]);
  await vi.waitFor(() => expect(saver.entry(7)).toBeUndefined());
  workbench.takeOver(7, STATE);
  await vi.waitFor(() => expect(workbench.suggestions.value).toMatchObject([{ id: "s" }]));
  fetch.mockClear();
  workbench.takeOver(7, STATE);
  expect(fetch).not.toHaveBeenCalled();
});

it("lays over what an earlier visit left unsaved", () => {
  const workbench = workbenchFor("annotator");
  workbench.saving.saver.record(IMAGE, 3, [{ id: "theirs", before: null, after: null }]);
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  expect(boxes(workbench.editor.value)).toEqual([]);
});

it("lets a viewer look and change nothing", () => {
  const workbench = workbenchFor("viewer");
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  workbench.command({ name: "cycle", by: 1 });
  workbench.command({ name: "remove" });
  workbench.moveTo("skipped");
  expect(boxes(workbench.editor.value)).toHaveLength(1);
  expect(workbench.saving.saver.entry(7)).toBeUndefined();
});

it("leaves nothing for the keys to change once the image is closed", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  workbench.fail(new Error("gone"));
  workbench.command({ name: "add" });
  expect(workbench.phase.value).toBe("failed");
  expect(workbench.saving.saver.entry(7)).toBeUndefined();
});

it("takes an image out of the skipped ones when someone draws on it", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: { ...STATE, queue: "skipped" }, holder: null });
  workbench.command({ name: "add" });
  expect(workbench.saving.saver.entry(7)?.queue?.value).toBe("unlabelled");
});

it("calls boxes a draft until someone finishes the image", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: { ...STATE, annotations: [] }, holder: null });
  workbench.finish();
  expect(workbench.saving.saver.entry(7)).toBeUndefined();
  workbench.command({ name: "add" });
  expect(workbench.isDraft.value).toBe(true);
  workbench.phase.value = "loading";
  workbench.finish();
  expect(workbench.isDraft.value).toBe(true);
  workbench.phase.value = "ready";
  workbench.finish();
  expect([workbench.isDraft.value, workbench.saving.saver.entry(7)?.queue?.value]).toEqual([
    false,
    "labelled",
  ]);
});

it("says why a role may not move an image", () => {
  const may = (role: Role, queue: Queue, to: Queue): string | null => {
    const workbench = workbenchFor(role);
    workbench.show({ image: IMAGE, state: { ...STATE, queue }, holder: null });
    return workbench.whyNotTo(to);
  };
  expect(may("annotator", "labelled", "skipped")).toBeNull();
  expect(may("annotator", "review", "done")).toBe("An image in Review can't go to Done without a manager.");
  expect(may("manager", "review", "done")).toBeNull();
  expect(may("owner", "done", "skipped")).toBe("An image in Done can't go to Skipped.");
});

it("asks for the label of a box that was drawn, where that is wished, and once", () => {
  const workbench = workbenchFor("annotator");
  workbench.dispatch({ type: "stage", stage: { width: 416, height: 316 } });
  workbench.show({ image: IMAGE, state: { ...STATE, annotations: [] }, holder: null });
  const pointer = (type: "down" | "move" | "up", x: number, y: number): void => {
    const keys = { force: false, turn: false, adds: false };
    workbench.dispatch({
      type: "pointer",
      input: { type, pointer: 1, kind: "mouse", at: { x, y }, button: 0, ...keys },
    });
  };
  const draw = (x: number): void => {
    pointer("down", x, 50);
    pointer("move", x + 30, 90);
    pointer("up", x + 60, 120);
  };
  draw(20);
  expect(workbench.asked.value).toBeNull();
  asksLabel.value = true;
  draw(120);
  const { id, at } = workbench.asked.value ?? { id: "", at: null };
  expect(at).toEqual({ x: 180, y: 120 });
  workbench.command({ name: "relabel", id, label: 11 });
  expect(workbench.document.value.annotations.get(id)?.label).toBe(11);
  expect([workbench.label.value, workbench.recent.value]).toEqual([11, [11, 10]]);
  draw(220);
  expect(workbench.asked.value?.id).not.toBe(id);
  workbench.command({ name: "add" });
  pointer("down", 300, 250);
  expect(workbench.asked.value).toBeNull();
  asksLabel.value = false;
});

it("looking back, one moves the view alone, and a colleague's save arrives", () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: STATE, holder: null });
  workbench.looksBack.value = true;
  workbench.command({ name: "add" });
  workbench.command({ name: "cycle", by: 1 });
  workbench.command({ name: "clear" });
  const { scale } = workbench.editor.value.view;
  workbench.command({ name: "zoom", factor: 2 });
  expect(workbench.editor.value.view.scale).toBeGreaterThan(scale);
  expect(boxes(workbench.editor.value).map(({ id }) => id)).toEqual(["theirs"]);
  expect([workbench.selected.value, workbench.saving.saver.entry(7)]).toEqual([null, undefined]);
  expect(workbench.shown.value.editor.hidden).toBe(true);
  workbench.takeOver(7, { revision: 4, queue: "labelled", annotations: [] });
  workbench.looksBack.value = false;
  expect(boxes(workbench.shown.value.editor)).toEqual([]);
  expect([workbench.tool.value, workbench.shown.value.editor.hidden]).toEqual(["draw", false]);
});

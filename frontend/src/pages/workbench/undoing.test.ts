import { beforeEach, expect, it, vi } from "vitest";
import { newAnnotation } from "../../annotator/core/annotation";
import { commit, documentOf, ordered } from "../../annotator/core/document";
import { MemoryDisk } from "../../annotator/saving/memoryDisk.testing";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { undoPlaceOf } from "../../annotator/saving/undoPlace";
import { UndoStore } from "../../annotator/saving/undoStore";
import { toContent } from "../../annotator/saving/wire";
import type { Annotation, AnnotationState, Role, Session } from "../../api/types";
import { session } from "../../app/session";
import { IMAGE, workbenchFor } from "./workbench.testing";
import type { WorkbenchState } from "./workbenchState";

const OTHER = { ...IMAGE, id: 8, name: "hill.jpg" };
const BOX = { x_min: 10, y_min: 10, x_max: 60, y_max: 60 };
const UNDO = { name: "undo" } as const;
const REDO = { name: "redo" } as const;

let person = 100;

beforeEach(() => {
  MemoryDisk.inserted();
  vi.stubGlobal("localStorage", new MemoryStorage());
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  person += 1; // whom this page has not met
  session.value = { authenticated: true, user: { id: person } } as Session;
});

/** How the server shows the image with what is on the screen. */
function stateOf(workbench: WorkbenchState, revision = 3): AnnotationState {
  const marks = ordered(workbench.document.peek()).map(toContent);
  const annotations = marks.map(
    (one) => ({ ...one, created_by: null, updated_at: "" }) as unknown as Annotation,
  );
  return { revision, queue: "unlabelled", annotations };
}

const NONE: AnnotationState = { revision: 3, queue: "unlabelled", annotations: [] };

function opened(role: Role = "annotator"): WorkbenchState {
  const workbench = workbenchFor(role);
  workbench.show({ image: IMAGE, state: NONE, holder: null });
  return workbench;
}

function count(workbench: WorkbenchState): number {
  return workbench.document.peek().annotations.size;
}

/** What another page of this person did to the image: it drew boxes of these labels. */
async function wasDrawn(...labels: number[]): Promise<AnnotationState> {
  let document = documentOf([]);
  for (const label of labels)
    document = commit(document, [{ id: `old-${label}`, after: newAnnotation(`old-${label}`, label, BOX) }]);
  const store = await UndoStore.open(undoPlaceOf(person));
  store.keep(1, IMAGE.id, document);
  store.flush();
  const annotations = ordered(document).map((one) => ({
    ...toContent(one),
    created_by: null,
    updated_at: "",
  }));
  return { ...NONE, annotations: annotations as unknown as Annotation[] };
}

it.each([true, false])(
  "takes back what was done before one went on and back (read meanwhile: %s)",
  async (isRead) => {
    const workbench = opened();
    if (isRead) await workbench.recall();
    workbench.command({ name: "add" });
    const state = stateOf(workbench);
    workbench.show({ image: OTHER, state: NONE, holder: null });
    workbench.command(UNDO);
    expect(count(workbench)).toBe(0);
    if (!isRead) await workbench.recall();
    workbench.command({ name: "add" });
    workbench.show({ image: IMAGE, state, holder: null });
    workbench.command(UNDO);
    expect(count(workbench)).toBe(0);
    workbench.command(REDO);
    expect(count(workbench)).toBe(1);
    expect(workbench.saving.saver.entry(IMAGE.id)?.turn).toBe(3);
  },
);

it("takes back what an earlier page did, also where undo is pressed before that is known", async () => {
  const state = await wasDrawn(10, 11);
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state, holder: null });
  expect([workbench.mayHaveMore("undo"), workbench.mayHaveMore("redo")]).toEqual([true, true]);
  workbench.command(UNDO);
  expect(count(workbench)).toBe(2);
  await workbench.recall();
  expect(ordered(workbench.document.peek()).map(({ id }) => id)).toEqual(["old-10"]);
  workbench.command(UNDO);
  workbench.command(REDO);
  workbench.command(REDO);
  expect(count(workbench)).toBe(2);
  expect([workbench.mayHaveMore("undo"), workbench.mayHaveMore("redo")]).toEqual([false, false]);
});

it("puts what an earlier page did under what was drawn before that was known", async () => {
  const state = await wasDrawn(10);
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state, holder: null });
  workbench.command(REDO);
  workbench.command({ name: "add" });
  expect([workbench.mayHaveMore("undo"), workbench.mayHaveMore("redo")]).toEqual([false, false]);
  await workbench.recall();
  expect(count(workbench)).toBe(2);
  const store = await UndoStore.open(undoPlaceOf(person));
  expect(store.find(1, IMAGE.id)?.past).toHaveLength(1);
  workbench.command(UNDO);
  workbench.command(UNDO);
  expect(count(workbench)).toBe(0);
});

it("forgets keys that were pressed on another image", async () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: OTHER, state: NONE, holder: null });
  workbench.command(UNDO);
  workbench.show({ image: IMAGE, state: await wasDrawn(10), holder: null });
  await workbench.recall();
  expect(count(workbench)).toBe(1);
});

it("takes back a change that is not saved yet", async () => {
  const workbench = opened();
  await workbench.recall();
  workbench.command({ name: "add" });
  workbench.show({ image: OTHER, state: NONE, holder: null });
  workbench.show({ image: IMAGE, state: NONE, holder: null });
  expect(count(workbench)).toBe(1);
  workbench.command(UNDO);
  expect(count(workbench)).toBe(0);
});

it("takes back nothing that a colleague changed since, here or while one was elsewhere", async () => {
  const moved = (state: AnnotationState): AnnotationState => ({
    ...state,
    revision: 9,
    annotations: state.annotations.map((one) => ({ ...one, x_max: 99 })),
  });
  const state = await wasDrawn(10);
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state, holder: null });
  await workbench.recall();
  workbench.takeOver(IMAGE.id, moved(state));
  workbench.command(UNDO);
  expect(count(workbench)).toBe(1);
  workbench.show({ image: IMAGE, state, holder: null });
  expect(workbench.document.peek().past).toHaveLength(1);
  workbench.show({ image: IMAGE, state: moved(state), holder: null });
  expect(workbench.document.peek().past).toEqual([]);
});

it("takes back one's own beside what another tab drew meanwhile, and leaves that", async () => {
  const workbench = opened();
  await workbench.recall();
  workbench.command({ name: "add" });
  const [mine, theirs] = [stateOf(workbench, 4), await wasDrawn(11)];
  workbench.takeOver(IMAGE.id, { ...mine, annotations: [...mine.annotations, ...theirs.annotations] });
  workbench.command(UNDO);
  workbench.command(UNDO);
  expect([...workbench.document.peek().annotations.keys()]).toEqual(["old-11"]);
});

it("takes back nothing that was given up for a colleague's state", async () => {
  const workbench = opened();
  await workbench.recall();
  workbench.command({ name: "add" });
  const [id = ""] = workbench.document.peek().annotations.keys();
  workbench.command({ name: "relabel", id, label: 11 });
  workbench.takeTheirs(id);
  expect([count(workbench), workbench.document.peek().past]).toEqual([0, []]);
});

it("brings back no label that is gone", async () => {
  const workbench = workbenchFor("annotator");
  workbench.show({ image: IMAGE, state: await wasDrawn(10, 12), holder: null });
  await workbench.recall();
  workbench.command({ name: "clear" });
  const { past } = workbench.document.peek();
  expect(past).toHaveLength(3);
  workbench.takeOver(IMAGE.id, NONE);
  expect(workbench.document.peek().past).toEqual([]);
});

it("looks for nothing where one may only look", async () => {
  const state = await wasDrawn(10);
  const workbench = workbenchFor("viewer");
  workbench.show({ image: IMAGE, state, holder: null });
  await workbench.recall();
  workbench.command(UNDO);
  expect([count(workbench), workbench.document.peek().past]).toEqual([1, []]);
});

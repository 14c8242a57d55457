import { beforeEach, expect, it, vi } from "vitest";
import type { AnnotationState } from "../../api/types";
import { session } from "../../app/session";
import { Ahead } from "./ahead";
import { openImage } from "./fetching";
import { QueueSequence } from "./queueSequence";
import { VisitHistory } from "./visitHistory";
import { IMAGE, workbenchFor } from "./workbench.testing";

/** Of claims: which were given back, and what the queue answers. */
let given: number[][];
let released: string[];
let answers: (number | null)[];

beforeEach(() => {
  given = [];
  released = [];
  answers = [];
  session.value = null;
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("document", { cookie: "", visibilityState: "visible" });
  vi.stubGlobal("location", new URL("http://localhost/p/shores/label"));
  vi.stubGlobal("fetch", async (url: string, { method, body }: RequestInit): Promise<Response> => {
    if (method === "DELETE") released.push(url);
    if (method !== "POST") return new Response(null, { status: 204 });
    given.push(JSON.parse(String(body)).leave);
    const id = answers.shift() ?? null;
    return id === null
      ? new Response(null, { status: 204 })
      : Response.json({ ...IMAGE, id, annotations: [] });
  });
});

/** Somebody labelled image 1, whose save is on its way, and has gone on to image 2. */
function walked() {
  let saved = (): void => {};
  const answer = new Promise<AnnotationState>((done) => {
    saved = () => done({ revision: 4, queue: "labelled", annotations: [] });
  });
  const workbench = workbenchFor("annotator", () => answer);
  const { saver } = workbench.saving;
  const history = new VisitHistory();
  const requests = {
    open: (id: number) => openImage(id, true),
    release: () => {},
    load: () => {},
    isHidden: () => false,
  };
  const ahead = new Ahead(
    requests,
    () => () => {},
    () => 0,
  );
  const sequence = new QueueSequence(workbench, history, ahead, "unlabelled");
  sequence.arrive(1);
  saver.recordMove({ ...IMAGE, id: 1 }, 3, { queue: "labelled" });
  saver.hurry();
  return { sequence, ahead, saver, saved };
}

it("claims the next image while the last one is being saved, and gives that back once it is", async () => {
  const { sequence, ahead, saved } = walked();
  answers = [2, 3];
  await sequence.after(1);
  await sequence.prepare();
  expect((await ahead.take(2))?.image.id).toBe(3);
  expect(given).toEqual([[], []]);
  expect(released).toEqual([]);
  saved();
  await vi.waitFor(() => expect(released).toEqual([expect.stringContaining("images/1/claim/")]));
});

it("gives back by the next claim what was saved in time", async () => {
  const { sequence, saved } = walked();
  answers = [2, 3];
  await sequence.after(1);
  saved();
  await sequence.prepare();
  expect(given).toEqual([[], [1]]);
  expect(released).toEqual([]);
});

it("keeps an image to which one has come back", async () => {
  const { sequence, saver, saved } = walked();
  answers = [2, 3];
  await sequence.after(1);
  await sequence.prepare();
  sequence.arrive(1);
  saved();
  await vi.waitFor(() => expect(saver.entry(1)).toBeUndefined());
  await Promise.resolve();
  expect(released).toEqual([]);
});

it("has no image ready that was finished and is only still to be saved", async () => {
  const { sequence, ahead, saved } = walked();
  answers = [2, 1, 3];
  await sequence.after(1);
  const ready = sequence.prepare();
  await vi.waitFor(() => expect(given).toHaveLength(2));
  saved();
  await ready;
  expect(given).toEqual([[], [], [1]]);
  expect((await ahead.take(2))?.image.id).toBe(3);
});

it("gives back what was left once it is saved, at the end of the queue", async () => {
  const { sequence, saved } = walked();
  expect(await sequence.after(1)).toBeNull();
  await Promise.resolve();
  expect(released).toEqual([]);
  saved();
  await vi.waitFor(() => expect(released).toEqual([expect.stringContaining("images/1/claim/")]));
});

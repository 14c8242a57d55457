import { beforeEach, expect, it, vi } from "vitest";
import { alongImage, keepAlong, sessionOf, stateAt } from "../../annotator/saving/along.testing";
import { imagesAlong, keepAlongImage } from "../../annotator/saving/alongImages";
import { MemoryDisk } from "../../annotator/saving/memoryDisk.testing";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { session } from "../../app/session";
import { AlongSequence } from "./alongSequence";
import { VisitHistory } from "./visitHistory";
import { IMAGE, workbenchFor } from "./workbench.testing";
import type { WorkbenchState } from "./workbenchState";

let workbench: WorkbenchState;
let history: VisitHistory;
let sequence: AlongSequence;
/** What the server says of an image that is claimed; null: nothing. */
let answer: ((id: number, url: string) => Response) | null;

beforeEach(async () => {
  MemoryDisk.inserted();
  answer = null;
  vi.stubGlobal("localStorage", new MemoryStorage());
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal(
    "Image",
    class {
      src = "";
      decode = async () => {};
    },
  );
  vi.stubGlobal("fetch", async (url: string) => {
    if (!answer) throw new TypeError("no network");
    return answer(Number(/images\/(\d+)\//.exec(url)?.[1]), url);
  });
  session.value = sessionOf(1);
  await keepAlong(1, 1, [9, 10, 7]);
  await keepAlong(2, 1, [5]);
  workbench = workbenchFor("annotator");
  history = new VisitHistory();
  sequence = new AlongSequence(workbench, history);
});

async function atOnce<T>(work: Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const ended = work.finally(() => vi.useRealTimers());
  ended.catch(() => undefined);
  await vi.runAllTimersAsync();
  return ended;
}

/** Finished on this device; the server does not know yet. */
function finish(id: number): void {
  workbench.saving.saver.recordMove({ ...IMAGE, id }, 1, { queue: "labelled" });
}

it("walks one's own by id, from the first that is not finished", async () => {
  await keepAlongImage(1, 1, alongImage(7, "labelled"));
  expect((await sequence.first())?.image.id).toBe(9);
  expect(history.visits.peek().ids).toEqual([7, 9, 10]);
  finish(9);
  expect((await sequence.first())?.image.id).toBe(10);
});

it("comes to the first unfinished one behind the last, and to the end once", async () => {
  expect((await sequence.after(10))?.id).toBe(7);
  expect((await sequence.after(7))?.id).toBeUndefined();
  for (const id of [7, 9, 10]) finish(id);
  expect([await sequence.after(10), await sequence.first()]).toEqual([null, null]);
});

it("opens from this device as the server last told it, the picture in one copy", async () => {
  const [one, again] = [await sequence.open(9), await sequence.open(9)];
  expect([one.image.revision, one.holder, one.picture?.slice(0, 5)]).toEqual([1, null, "blob:"]);
  expect(again.picture).toBe(one.picture);
  const revoked = vi.spyOn(URL, "revokeObjectURL");
  sequence.leave();
  expect(revoked.mock.calls).toEqual([[one.picture]]);
});

it("asks the server for what is not along", async () => {
  await expect(atOnce(sequence.open(5))).rejects.toThrow("does not answer");
  answer = (id) => Response.json({ ...IMAGE, id, annotations: [] });
  expect((await sequence.open(5)).picture).toBeUndefined();
});

it("notes what the server says of the open image, on the screen and on this device", async () => {
  workbench.show(await sequence.open(9));
  sequence.arrive(9);
  await atOnce(sequence.prepare());
  expect([workbench.revision.value, workbench.holder.value]).toEqual([1, null]);
  answer = (id) => Response.json({ ...IMAGE, id, revision: 4, queue: "review", annotations: [] });
  await sequence.prepare();
  expect([workbench.revision.value, workbench.queue.value]).toEqual([4, "review"]);
  const kept = (await imagesAlong(1, 1)).map(({ state }) => state);
  expect(kept).toEqual([stateAt(1), { revision: 4, queue: "review", annotations: [] }, stateAt(1)]);
});

it("suggests what it suggested when one went; what is taken is taken once", async () => {
  workbench.show(await sequence.open(9));
  expect(workbench.suggestions.value.map(({ id }) => id)).toEqual(["suggested-9"]);
  expect(workbench.suggestedBy.value).toBe(3);
  workbench.command({ name: "accept" });
  workbench.show(await sequence.open(10));
  workbench.show(await sequence.open(9));
  expect([workbench.suggestions.value, workbench.boxes.value.map(({ id }) => id)]).toEqual([
    [],
    ["suggested-9"],
  ]);
  expect(Object.keys(workbench.saving.saver.entry(9)?.changes ?? {})).toEqual(["suggested-9"]);
});

it("tells that a colleague has the image by now", async () => {
  workbench.show(await sequence.open(9));
  sequence.arrive(9);
  const bob = { id: 2, name: "Bob" };
  answer = (id, url) => {
    const image = { ...IMAGE, id, ...stateAt(1), claimed_by: bob };
    if (!url.endsWith("/claim/")) return Response.json(image);
    const headers = { "content-type": "application/problem+json" };
    return Response.json({ detail: "Bob is at it.", claimed_by: bob }, { status: 409, headers });
  };
  await sequence.prepare();
  expect(workbench.holder.value).toEqual(bob);
});

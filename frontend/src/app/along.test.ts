import { beforeEach, expect, it, vi } from "vitest";
import { keepAlong, tripFor } from "../annotator/saving/along.testing";
import { isAnythingAlong, personOf, tripsHere } from "../annotator/saving/alongImages";
import { MemoryDisk } from "../annotator/saving/memoryDisk.testing";
import { MemoryStorage } from "../annotator/saving/memoryStorage.testing";
import { undoPlaceOf } from "../annotator/saving/undoPlace";
import { OfflineError } from "../api/errors";
import { forgetOthers, forgetProject, giveAllBack, giveBack } from "./along";

let disk: MemoryDisk;
let asked: string[];
/** By address; a status, or null where nothing answers. */
let answers: Record<string, number | null>;
const unregister = vi.fn();

beforeEach(() => {
  disk = MemoryDisk.inserted();
  asked = [];
  answers = {};
  unregister.mockClear();
  vi.stubGlobal("localStorage", new MemoryStorage());
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("navigator", { serviceWorker: { getRegistrations: async () => [{ unregister }] } });
  vi.stubGlobal("fetch", async (url: string, { method }: RequestInit) => {
    asked.push(`${method} ${url}`);
    const status = answers[url] === undefined ? 204 : answers[url];
    if (status === null) throw new TypeError("no network");
    return status === 204 ? new Response(null, { status }) : Response.json({ detail: "no" }, { status });
  });
});

/** Whose of which project. */
async function here(): Promise<string[]> {
  return (await tripsHere()).map((trip) => `${personOf(trip)} of ${trip.project.id}`).sort();
}

/** The requests' pauses are left out. */
async function atOnce<T>(work: Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const ended = work.finally(() => vi.useRealTimers());
  ended.catch(() => undefined);
  await vi.runAllTimersAsync();
  return ended;
}

it("gives one trip back and leaves the others", async () => {
  await keepAlong(1, 1, [7, 8]);
  await keepAlong(1, 2, [9]);
  await keepAlong(2, 1, [7]);
  await giveBack(tripFor(1, 1));
  expect(asked).toEqual(["DELETE /api/v1/projects/1/queue/along/"]);
  expect([await here(), unregister.mock.calls.length]).toEqual([["1 of 2", "2 of 1"], 0]);
  expect(disk.keys.filter((key) => key.startsWith("along-image:"))).toEqual([
    "along-image:1:2:9",
    "along-image:2:1:7",
  ]);
});

it("takes the page's start without a network away with the last trip", async () => {
  await keepAlong(1, 1, [7]);
  await giveBack(tripFor(1, 1));
  expect([disk.keys, isAnythingAlong(), unregister.mock.calls.length]).toEqual([[], false, 1]);
});

it("keeps all where no server answers, and tries again", async () => {
  await keepAlong(1, 1, [7]);
  answers = { "/api/v1/projects/1/queue/along/": null };
  await expect(atOnce(giveBack(tripFor(1, 1)))).rejects.toBeInstanceOf(OfflineError);
  await expect(atOnce(giveAllBack(1))).rejects.toBeInstanceOf(OfflineError);
  expect([asked.length, await here()]).toEqual([6, ["1 of 1"]]);
});

it("gives back all of one's own before one signs out, also where a project is not one's any more", async () => {
  await keepAlong(1, 1, [7]);
  await keepAlong(1, 2, [9]);
  await keepAlong(2, 1, [7]);
  answers = { "/api/v1/projects/1/queue/along/": 404 };
  await giveAllBack(1);
  expect([asked.length, await here()]).toEqual([2, ["1 of 1", "2 of 1"]]);
});

it("leaves to whoever comes next at this device nothing of anybody else", async () => {
  await keepAlong(1, 1, [7]);
  await keepAlong(2, 1, [7, 8]);
  await forgetOthers(2);
  expect([await here(), unregister.mock.calls.length]).toEqual([["2 of 1"], 0]);
  await forgetOthers(null);
  expect([disk.keys, asked, unregister.mock.calls.length]).toEqual([[], [], 1]);
  await forgetOthers(null);
  expect(unregister).toHaveBeenCalledTimes(1);
});

it("leaves no steps of anybody else either", async () => {
  for (const user of [1, 12]) {
    const { device, prefix, mark } = undoPlaceOf(user);
    await device?.put(`${prefix}3:7`, { at: 1, text: "{}" });
    expect(mark()).toBe(true);
  }
  await forgetOthers(12);
  expect(disk.keys).toEqual(["undo:12:3:7"]);
  await forgetOthers(null);
  await forgetOthers(null);
  expect([disk.keys, localStorage.length]).toEqual([[], 0]);
});

it("forgets a project that one is no longer a member of", async () => {
  await keepAlong(1, 1, [7]);
  await keepAlong(1, 2, [9]);
  await forgetProject("project-1");
  expect(await here()).toEqual(["1 of 2"]);
});

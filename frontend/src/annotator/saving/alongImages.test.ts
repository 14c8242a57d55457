import { beforeEach, expect, it, vi } from "vitest";
import { keepAlong, stateAt, tripFor } from "./along.testing";
import {
  dropAlongImage,
  dropTrip,
  imagesAlong,
  isAnythingAlong,
  keepAlongState,
  keepTrip,
  tripOf,
  tripsHere,
} from "./alongImages";
import { MemoryDisk } from "./memoryDisk.testing";
import { MemoryStorage } from "./memoryStorage.testing";

let disk: MemoryDisk;

beforeEach(() => {
  disk = MemoryDisk.inserted();
  vi.stubGlobal("localStorage", new MemoryStorage());
});

async function idsOf(user: number, project: number): Promise<number[]> {
  return (await imagesAlong(user, project)).map(({ image }) => image.id);
}

it("gives images by their ids, each once", async () => {
  await keepAlong(1, 1, [10, 9, 100, 9]);
  expect(await idsOf(1, 1)).toEqual([9, 10, 100]);
  const [first] = await imagesAlong(1, 1);
  expect(await first?.picture.text()).toBe("picture");
  await dropAlongImage(1, 1, 10);
  expect(await idsOf(1, 1)).toEqual([9, 100]);
});

it("keeps apart whose they are and of which project", async () => {
  for (const [user, project] of [
    [1, 2],
    [1, 22],
    [11, 2],
  ] as const)
    await keepAlong(user, project, [user]);
  expect([await idsOf(1, 2), await idsOf(11, 2), await idsOf(2, 2)]).toEqual([[1], [11], []]);
  expect((await tripOf(11, "project-2"))?.session.user?.id).toBe(11);
  expect([await tripOf(2, "project-2"), await tripOf(null, "project-2")]).toEqual([null, null]);
  await dropTrip(1, 2);
  expect([await idsOf(1, 2), await idsOf(1, 22), await idsOf(11, 2)]).toEqual([[], [1], [11]]);
  expect(isAnythingAlong()).toBe(true);
});

it("drops a trip whose time is over, with its pictures", async () => {
  await keepAlong(1, 1, [7]);
  await keepTrip(tripFor(1, 1, -1));
  expect(await tripsHere()).toEqual([]);
  expect([disk.keys, isAnythingAlong()]).toEqual([[], false]);
});

it("notices that the browser has cleared the pictures, not the mark", async () => {
  await keepAlong(1, 1, [7]);
  disk.rows = new Map();
  expect(await tripsHere()).toEqual([]);
  expect(isAnythingAlong()).toBe(false);
});

it("asks no database where nothing is along", async () => {
  expect(await tripsHere()).toEqual([]);
  await keepAlongState(1, 7, stateAt(2));
  expect(disk.opened).toBe(0);
});

it("says nothing is along where there was no room for it", async () => {
  disk.full = true;
  await expect(keepTrip(tripFor(1, 1))).rejects.toThrow("full");
  expect(isAnythingAlong()).toBe(false);
});

it("keeps the newest state that the server told, of one's own images", async () => {
  await keepAlong(1, 1, [7, 8]);
  await keepAlong(2, 1, [7]);
  await Promise.all([5, 3, 4].map((revision) => keepAlongState(1, 7, stateAt(revision))));
  const states = [...(await imagesAlong(1, 1)), ...(await imagesAlong(2, 1))].map(({ state }) => state);
  expect(states.map(({ revision }) => revision)).toEqual([5, 1, 1]);
});

it("goes on noting after there was no room for one", async () => {
  await keepAlong(1, 1, [7]);
  disk.full = true;
  await expect(keepAlongState(1, 7, stateAt(2))).rejects.toThrow("full");
  disk.full = false;
  await keepAlongState(1, 7, stateAt(3));
  expect((await imagesAlong(1, 1)).map(({ state }) => state.revision)).toEqual([3]);
});

import { beforeEach, expect, it, vi } from "vitest";
import { newAnnotation } from "../core/annotation";
import { openStorage } from "./changeStorage";
import { deviceStore } from "./deviceStore";
import { keptWork, rememberName, unsavedImages } from "./keptWork";
import { MemoryDisk } from "./memoryDisk.testing";
import { MemoryStorage } from "./memoryStorage.testing";
import { blank, record } from "./pendingChanges";

const ADA = { id: 1, name: "Ada" };
const BOB = { id: 11, name: "Bob" };
let storage: MemoryStorage;

beforeEach(() => {
  MemoryDisk.inserted();
  storage = new MemoryStorage();
  vi.stubGlobal("localStorage", storage);
});

async function work(user: number, tab: string, ...images: number[]): Promise<void> {
  const mine = openStorage(storage, user, tab, deviceStore());
  const changes = [{ id: "a", before: null, after: newAnnotation("a", 1, null) }];
  for (const image of images) await mine.put(record(blank(image, `${image}.jpg`, 0), changes));
}

it("says whose work waits, each image once, also what found room in the database alone", async () => {
  rememberName(ADA);
  rememberName(BOB);
  await work(1, "one", 7, 8);
  await work(1, "two", 8);
  storage.full = true;
  await work(1, "three", 9);
  expect(await keptWork()).toEqual([{ name: "Ada", images: 3 }]);
  expect([await unsavedImages(1), await unsavedImages(11)]).toEqual([3, 0]);
});

it("forgets the names of those who left no work", async () => {
  rememberName(ADA);
  rememberName(BOB);
  await work(11, "one", 7);
  expect(await keptWork()).toEqual([{ name: "Bob", images: 1 }]);
  expect([storage.getItem("boxwright:name:1"), storage.getItem("boxwright:name:11")]).toEqual([null, "Bob"]);
});

it("keeps work without a name where there is no room for one", async () => {
  storage.full = true;
  rememberName(ADA);
  await work(1, "one", 7);
  expect([await keptWork(), await unsavedImages(1)]).toEqual([[], 1]);
});

it("finds nothing in a browser that keeps nothing", async () => {
  vi.stubGlobal("localStorage", null);
  rememberName(ADA);
  expect(await keptWork()).toEqual([]);
});

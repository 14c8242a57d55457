import { expect, it } from "vitest";
import { newAnnotation } from "../core/annotation";
import { type ChangeStorage, leftBehind, openStorage } from "./changeStorage";
import { MemoryDevice, MemoryStorage } from "./memoryStorage.testing";
import { blank, type Entry, record } from "./pendingChanges";
import { enterTabs } from "./tabs";

function note(image: number): Entry {
  return record(blank(image, `${image}.jpg`, 0), [
    { id: "a", before: null, after: newAnnotation("a", 1, null) },
  ]);
}

async function notesLeft(storage: ChangeStorage, alive: string[] = []): Promise<Entry[]> {
  return (await storage.left(new Set(alive))).map(({ entry }) => entry);
}

it("keeps a note for each image and tab, and drops it when all is saved", async () => {
  const storage = new MemoryStorage();
  const one = openStorage(storage, 1, "one");
  const two = openStorage(storage, 1, "two");
  one.put(note(7));
  two.put(note(7));
  two.put(note(8));
  expect(storage.length).toBe(3);
  two.drop(7);
  expect(await notesLeft(openStorage(storage, 1, "three"))).toEqual([note(7), note(8)]);
});

it("hands on a closed tab's notes, not those of open ones", async () => {
  const storage = new MemoryStorage();
  openStorage(storage, 1, "gone").put(note(7));
  const two = openStorage(storage, 1, "two");
  expect(await notesLeft(two, ["gone", "two"])).toEqual([]);
  for (const { entry, forget } of await two.left(new Set(["two"]))) {
    two.put(entry);
    forget();
  }
  expect(await notesLeft(openStorage(storage, 1, "three"), ["two", "three"])).toEqual([]);
  expect(await leftBehind(storage, 1)).toEqual(new Set(["7"]));
});

it("leaves what it can't read where it is", async () => {
  const storage = new MemoryStorage();
  storage.setItem("boxwright:unsaved:1:gone:7", "{broken");
  expect(await notesLeft(openStorage(storage, 1, "two"))).toEqual([]);
  expect(storage.length).toBe(1);
});

it("says when this device keeps nothing", async () => {
  const [full, device] = [new MemoryStorage(), new MemoryDevice()];
  full.full = device.full = true;
  expect(openStorage(full, 1, "one").put(note(7))).toBe(false);
  expect(openStorage(null, 1, "one").put(note(7))).toBe(false);
  expect(await openStorage(full, 1, "one", device).put(note(7))).toBe(false);
});

it("puts what finds no room into the overflow, from where the next visit takes it", async () => {
  const [storage, device] = [new MemoryStorage(), new MemoryDevice()];
  const one = openStorage(storage, 1, "one", device);
  const [older, newer] = [
    note(7),
    record(note(7), [{ id: "b", before: null, after: newAnnotation("b", 1, null) }]),
  ];
  expect(one.put(older)).toBe(true);
  storage.full = true;
  expect(await one.put(newer)).toBe(true);
  expect(storage.length).toBe(0);
  expect(await leftBehind(storage, 1, device)).toEqual(new Set(["7"]));
  expect(await notesLeft(openStorage(storage, 1, "two", device))).toEqual([newer]);
  expect(await notesLeft(openStorage(storage, 2, "two", device))).toEqual([]);
});

it("takes the newer note where a crash left one in each place", async () => {
  const [storage, device] = [new MemoryStorage(), new MemoryDevice()];
  openStorage(storage, 1, "one", device).put(note(7));
  await device.put("boxwright:unsaved:1:one:7", { ...note(7), base: 3 });
  const two = openStorage(storage, 1, "two", device);
  const [left] = await two.left(new Set());
  expect(left?.entry.base).toBe(3);
  left?.forget();
  expect(await notesLeft(two)).toEqual([]);
});

it("once there is room again, the overflow's note is gone and the newest one stays", async () => {
  const [storage, device] = [new MemoryStorage(), new MemoryDevice()];
  const one = openStorage(storage, 1, "one", device);
  storage.full = true;
  const put = one.put(note(7));
  storage.full = false;
  const newest = { ...note(7), base: 9 };
  expect(one.put(newest)).toBe(true);
  await put;
  expect(await device.entries("")).toEqual([]);
  expect(await notesLeft(openStorage(storage, 1, "two", device))).toEqual([newest]);
  one.drop(7);
  expect(await leftBehind(storage, 1, device)).toEqual(new Set());
});

it("without Web Locks a heartbeat tells which tabs are open", async () => {
  const storage = new MemoryStorage();
  const one = await enterTabs("one", storage);
  const two = await enterTabs("two", storage);
  expect(await two.alive()).toEqual(new Set(["one", "two"]));
  one.leave();
  expect(await two.alive()).toEqual(new Set(["two"]));
  two.leave();
});

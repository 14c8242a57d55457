import { expect, it } from "vitest";
import { newAnnotation } from "../core/annotation";
import { leftBehind, openStorage } from "./changeStorage";
import { MemoryStorage } from "./memoryStorage.testing";
import { blank, type Entry, record } from "./pendingChanges";
import { enterTabs } from "./tabs";

function note(image: number): Entry {
  return record(blank(image, `${image}.jpg`, 0), [
    { id: "a", before: null, after: newAnnotation("a", 1, null) },
  ]);
}

it("keeps a note for each image and tab, and drops it when all is saved", () => {
  const storage = new MemoryStorage();
  const one = openStorage(storage, 1, "one");
  const two = openStorage(storage, 1, "two");
  one.put(note(7));
  two.put(note(7));
  two.put(note(8));
  expect(storage.length).toBe(3);
  two.drop(7);
  expect(openStorage(storage, 1, "three").adopt(new Set())).toEqual([note(7), note(8)]);
});

it("hands a closed tab's notes to exactly one other", () => {
  const storage = new MemoryStorage();
  openStorage(storage, 1, "gone").put(note(7));
  expect(openStorage(storage, 1, "two").adopt(new Set(["two"]))).toHaveLength(1);
  expect(openStorage(storage, 1, "three").adopt(new Set(["two", "three"]))).toHaveLength(0);
  expect(leftBehind(storage, 1)).toBe(true);
});

it("leaves what it can't read where it is", () => {
  const storage = new MemoryStorage();
  storage.setItem("boxwright:unsaved:1:gone:7", "{broken");
  expect(openStorage(storage, 1, "two").adopt(new Set())).toEqual([]);
  expect(storage.length).toBe(1);
});

it("says when this device keeps nothing", () => {
  const full = new MemoryStorage();
  full.full = true;
  expect(openStorage(full, 1, "one").durable).toBe(false);
  expect(openStorage(null, 1, "one").put(note(7))).toBe(false);
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

import { beforeEach, expect, it, vi } from "vitest";
import { type DeviceStore, deviceStore } from "./deviceStore";
import { MemoryDisk } from "./memoryDisk.testing";

let disk: MemoryDisk;
let store: DeviceStore;

beforeEach(() => {
  disk = MemoryDisk.inserted();
  store = deviceStore() as DeviceStore;
});

it("finds what begins so, by key, and nothing whose key only looks like it", async () => {
  for (const key of ["a:2:1", "a:20:1", "a:1:1", "b:2:1", "a:2:0"]) await store.put(key, { key });
  expect(await store.entries("a:2:")).toEqual([
    ["a:2:0", { key: "a:2:0" }],
    ["a:2:1", { key: "a:2:1" }],
  ]);
  await store.drop("a:2:0", "a:2:1", "gone");
  expect(disk.keys).toEqual(["a:1:1", "a:20:1", "b:2:1"]);
});

it("keeps what was there where a new value finds no room", async () => {
  await store.put("a", 1);
  disk.full = true;
  await expect(store.put("a", 2)).rejects.toThrow("full");
  expect(await store.entries("a")).toEqual([["a", 1]]);
});

it("tries again once the browser lets it", async () => {
  disk.forbidden = true;
  await expect(store.put("a", 1)).rejects.toThrow("no");
  disk.forbidden = false;
  await store.put("a", 2);
  expect(await store.entries("a")).toEqual([["a", 2]]);
});

it("opens once, and anew after the browser has closed it", async () => {
  await Promise.all([store.put("a", 1), store.put("b", 1)]);
  expect(disk.opened).toBe(1);
  disk.eject();
  await store.put("c", 1);
  expect([disk.opened, disk.keys]).toEqual([2, ["a", "b", "c"]]);
});

it("is not there in a browser without one", () => {
  vi.unstubAllGlobals();
  expect(deviceStore()).toBeNull();
});

import { beforeEach, expect, it, vi } from "vitest";
import { later } from "../../annotator/saving/later";
import type { Image, Person } from "../../api/types";
import { Ahead } from "./ahead";
import type { Opened } from "./fetching";

const LEASE_MS = 90_000;

let log: string[];
let hidden: boolean;
let revision: number;
let holder: Person | null;

function opened(id: number): Opened {
  const claim_expires_at = new Date(Date.now() + LEASE_MS).toISOString();
  return {
    image: { id, claim_expires_at } as Image,
    state: { revision, queue: "unlabelled", annotations: [] },
    holder,
  };
}

function started(): Ahead {
  const requests = {
    open: async (id: number) => {
      log.push(`open ${id}`);
      return opened(id);
    },
    release: (id: number) => void log.push(`release ${id}`),
    load: (id: number) => log.push(`load ${id}`),
    isHidden: () => hidden,
  };
  return new Ahead(requests, later, Date.now);
}

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  hidden = false;
  revision = 0;
  holder = null;
});

it("has the image behind the open one ready, with its picture", async () => {
  const ahead = started();
  await ahead.prepare(1, async () => opened(2));
  await ahead.prepare(1, async () => opened(99));
  expect((await ahead.take(1))?.image.id).toBe(2);
  expect(await ahead.take(1)).toBeNull();
  expect(log).toEqual(["load 2"]);
});

it("waits for what is on its way", async () => {
  const ahead = started();
  void ahead.prepare(1, async () => opened(2));
  expect((await ahead.take(1))?.image.id).toBe(2);
});

it("gives back what is behind another image, or what nobody wants any more", async () => {
  const ahead = started();
  await ahead.prepare(1, async () => opened(2));
  expect(await ahead.take(5)).toBeNull();
  let arrive = (_: Opened): void => {};
  void ahead.prepare(
    5,
    () =>
      new Promise((done) => {
        arrive = done;
      }),
  );
  ahead.drop();
  arrive(opened(6));
  await vi.advanceTimersByTimeAsync(0);
  expect(log).toEqual(["load 2", "release 2", "release 6"]);
});

it("renews its claim for as long as somebody looks, and knows then how the image stands", async () => {
  const ahead = started();
  await ahead.prepare(1, async () => opened(2));
  revision = 3;
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(log).toEqual(["load 2", "open 2", "open 2"]);
  hidden = true;
  expect((await ahead.take(1))?.state.revision).toBe(3);
  await ahead.prepare(1, async () => opened(2));
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(await ahead.take(1)).toBeNull();
});

it("has nothing ready that somebody changed or took, that failed, or that slept past its claim", async () => {
  const ahead = started();
  await ahead.prepare(1, async () => opened(2));
  ahead.changed(2, 0);
  ahead.changed(3, 9);
  ahead.lost(3);
  ahead.changed(2, 1);
  expect(await ahead.take(1)).toBeNull();
  await ahead.prepare(1, async () => opened(2));
  ahead.lost(2);
  expect(await ahead.take(1)).toBeNull();
  await ahead.prepare(1, async () => null);
  expect(await ahead.take(1)).toBeNull();
  await ahead.prepare(1, () => Promise.reject(new Error("offline")));
  expect(await ahead.take(1)).toBeNull();
  await ahead.prepare(1, async () => opened(2));
  vi.setSystemTime(Date.now() + LEASE_MS + 1); // the machine slept: no timer ran
  expect(await ahead.take(1)).toBeNull();
  expect(log.filter((line) => line.startsWith("release"))).toEqual(["release 2"]);
});

it("tries again while somebody looks and the server is away", async () => {
  const ahead = started();
  const claim = vi.fn(async () => opened(2));
  claim.mockRejectedValueOnce(new Error("offline")).mockRejectedValueOnce(new Error("offline"));
  await ahead.prepare(1, claim);
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await ahead.take(1))?.image.id).toBe(2);
  expect(claim).toHaveBeenCalledTimes(3);

  claim.mockRejectedValue(new Error("offline"));
  await ahead.prepare(2, claim);
  expect(await ahead.take(2)).toBeNull();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(claim).toHaveBeenCalledTimes(4);
  hidden = true;
  await ahead.prepare(3, claim);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(claim).toHaveBeenCalledTimes(5);
});

it("looks again at what is ready, and lets it go where a colleague has it by now", async () => {
  const ahead = started();
  ahead.refresh();
  await ahead.prepare(1, async () => opened(2));
  revision = 7;
  ahead.refresh();
  expect((await ahead.take(1))?.state.revision).toBe(7);
  await ahead.prepare(1, async () => opened(2));
  holder = { id: 9, name: "Bo" } as Person;
  ahead.refresh();
  await vi.advanceTimersByTimeAsync(0);
  expect(await ahead.take(1)).toBeNull();
  expect(log).toEqual(["load 2", "open 2", "load 2", "open 2"]);
});

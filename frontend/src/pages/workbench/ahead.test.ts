import { beforeEach, expect, it, vi } from "vitest";
import { later } from "../../annotator/saving/later";
import type { Image } from "../../api/types";
import { Ahead } from "./ahead";
import type { Opened } from "./fetching";

const LEASE_MS = 90_000;

let log: string[];
let hidden: boolean;
let revision: number;

function opened(id: number): Opened {
  const claim_expires_at = new Date(Date.now() + LEASE_MS).toISOString();
  return {
    image: { id, claim_expires_at } as Image,
    state: { revision, queue: "unlabelled", annotations: [] },
    holder: null,
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

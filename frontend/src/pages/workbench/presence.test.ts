import { beforeEach, expect, it, vi } from "vitest";
import type { EventKinds, Person } from "../../api/types";
import { type Drawn, type Other, Presence } from "./presence";

const ME = 1;
const BOB: Person = { id: 2, name: "Bob" };
const CORA: Person = { id: 3, name: "Cora" };
const BOX: Drawn = { label: 7, x_min: 1, y_min: 2, x_max: 30, y_max: 40 };

let log: string[];
let others: readonly Other[];

function presence(): Presence {
  const requests = {
    say: async (image: number, drawn: Drawn | null) => void log.push(`${image} ${drawn ? drawn.x_max : "–"}`),
    leave: (image: number) => void log.push(`left ${image}`),
  };
  const later = (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  };
  return new Presence(ME, requests, later, Date.now, (now) => {
    others = now;
  });
}

function said(person: Person, more: Partial<EventKinds["presence"]> = {}): EventKinds["presence"] {
  return { id: 5, person, is_here: true, drawn: null, ...more };
}

function names(): string[] {
  return others.map(({ person }) => person.name);
}

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  others = [];
});

it("says nothing while nobody else looks", async () => {
  const one = presence();
  one.open(5, null);
  one.draws(BOX);
  await vi.advanceTimersByTimeAsync(60_000);
  one.draws(null);
  one.leave();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual([]);
});

it("tells who holds the image that one has come, is still there, and goes", async () => {
  const one = presence();
  one.open(5, BOB);
  await vi.advanceTimersByTimeAsync(10);
  expect(log).toEqual(["5 –"]);
  await vi.advanceTimersByTimeAsync(41_000);
  expect(log).toEqual(["5 –", "5 –", "5 –"]);
  one.open(6, null);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log.slice(3)).toEqual(["left 5"]);
});

it("shows who is there, until they go or fall silent", async () => {
  const one = presence();
  one.open(5, null);
  one.heard(said(BOB));
  one.heard(said(CORA));
  one.heard(said(BOB));
  one.heard(said({ id: ME, name: "Ada" }));
  one.heard(said({ id: 9, name: "Dan" }, { id: 6 }));
  expect(names()).toEqual(["Bob", "Cora"]);
  one.heard(said(BOB, { is_here: false }));
  expect(names()).toEqual(["Cora"]);
  await vi.advanceTimersByTimeAsync(46_000);
  expect(names()).toEqual([]);
  expect(log).toEqual([]);
});

it("tells those who came later that one is there too", async () => {
  const one = presence();
  one.open(5, BOB);
  await vi.advanceTimersByTimeAsync(1000);
  one.heard(said(CORA));
  one.heard(said(CORA));
  await vi.advanceTimersByTimeAsync(1000);
  expect(log).toEqual(["5 –", "5 –"]);
});

it("tells of the box in hand four times a second, and of the last place", async () => {
  const one = presence();
  one.open(5, null);
  one.heard(said(BOB));
  for (let step = 1; step <= 100; step += 1) {
    one.draws({ ...BOX, x_max: step });
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(300);
  expect(log.length).toBeLessThanOrEqual(6);
  expect(log.at(-1)).toBe("5 100");
  await vi.advanceTimersByTimeAsync(3000);
  expect(log.at(-1)).toBe("5 100");
  const count = log.length;
  one.drew();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log).toHaveLength(count);
  one.draws(BOX);
  one.draws(null);
  await vi.advanceTimersByTimeAsync(300);
  expect(log.at(-1)).toBe("5 –");
});

it("waits for a slow answer before it says more", async () => {
  let answer = (): void => undefined;
  const slow = {
    say: (_image: number, drawn: Drawn | null) => {
      log.push(String(drawn?.x_max));
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    },
    leave: () => undefined,
  };
  const later = (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  };
  const one = new Presence(ME, slow, later, Date.now, () => undefined);
  one.open(5, null);
  one.heard(said(BOB));
  for (const x_max of [1, 2, 3]) {
    one.draws({ ...BOX, x_max });
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(log).toEqual(["1"]);
  answer();
  await vi.advanceTimersByTimeAsync(10);
  expect(log).toEqual(["1", "3"]);
});

it("shows a colleague's box until its save arrives, or until nothing more is heard", async () => {
  const one = presence();
  one.open(5, null);
  one.heard(said(BOB, { drawn: BOX }));
  expect(others[0]?.drawn).toEqual(BOX);
  one.landed();
  expect(others[0]?.drawn).toBeNull();
  one.heard(said(BOB, { drawn: BOX }));
  await vi.advanceTimersByTimeAsync(6000);
  expect(others.map(({ drawn }) => drawn)).toEqual([null]);
});

it("is not there while the page is hidden", async () => {
  const one = presence();
  one.open(5, BOB);
  await vi.advanceTimersByTimeAsync(10);
  one.hide();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual(["5 –", "left 5"]);
  one.seen();
  await vi.advanceTimersByTimeAsync(10);
  expect(log.at(-1)).toBe("5 –");
});

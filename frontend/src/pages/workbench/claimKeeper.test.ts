import { beforeEach, expect, it, vi } from "vitest";
import type { Person } from "../../api/types";
import { ClaimKeeper } from "./claimKeeper";

const LEASE_MS = 90_000;
const BOB: Person = { id: 2, name: "Bob" };

let log: string[];
let holder: Person | null;
let answer: "ours" | "bob" | "offline";

function iso(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

function keeper(): ClaimKeeper {
  const requests = {
    claim: async (image: number) => {
      log.push(`claim ${image}`);
      if (answer === "offline") throw new Error("offline");
      return answer === "bob" ? { holder: BOB, expires: null } : { holder: null, expires: iso(LEASE_MS) };
    },
    release: (image: number) => void log.push(`release ${image}`),
  };
  const later = (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  };
  return new ClaimKeeper(requests, later, Date.now, (one) => {
    holder = one;
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  holder = null;
  answer = "ours";
});

it("renews at half the time, as long as the image is open", async () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  await vi.advanceTimersByTimeAsync(44_000);
  expect(log).toEqual([]);
  await vi.advanceTimersByTimeAsync(47_000);
  expect(log).toEqual(["claim 7", "claim 7"]);
  one.close();
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(log).toHaveLength(2);
});

it("gives the claim back when the page goes, and takes it again when the page comes back", async () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  one.leave();
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  expect(log).toEqual(["release 7"]);
  one.show();
  expect(log).toEqual(["release 7", "claim 7"]);
});

it("gives back what it just asks for when the page goes, and keeps nothing afterwards", async () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  vi.advanceTimersByTime(46_000);
  expect(log).toEqual(["claim 7"]);
  one.leave();
  await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
  expect(log).toEqual(["claim 7", "release 7"]);
});

it("gives back nothing that a colleague holds", () => {
  const one = keeper();
  one.open(7, null);
  one.leave();
  expect(log).toEqual([]);
});

it("lets the claim lapse on a page that is hidden for long, and claims anew once it is seen", async () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  one.hide();
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect(log.length).toBeGreaterThan(10);
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  const before = log.length;
  expect(before).toBeLessThan(15);
  answer = "bob";
  one.show();
  await vi.advanceTimersByTimeAsync(1);
  expect([log.length, holder]).toEqual([before + 1, BOB]);
});

it("asks for nothing when a page is seen again whose claim still lasts", () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  one.hide();
  one.show();
  expect(log).toEqual([]);
});

it("tries again when the server does not answer", async () => {
  answer = "offline";
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  await vi.advanceTimersByTimeAsync(46_000);
  answer = "ours";
  await vi.advanceTimersByTimeAsync(41_000);
  expect(log).toEqual(["claim 7", "claim 7"]);
});

it("claims what another page of ours gave back", async () => {
  const one = keeper();
  one.open(7, iso(LEASE_MS));
  one.freed();
  await vi.advanceTimersByTimeAsync(21_000);
  expect(log).toEqual(["claim 7"]);
});

import { expect, it } from "vitest";
import { DRAW, END, NEXT, OVER, type Shows, stepAfter, toldOf } from "./firstSteps";

const NEW: Shows = {
  phase: "ready",
  image: 1,
  draws: true,
  isFresh: true,
  isEmpty: true,
  hasDrawn: false,
};
const DRAWN: Shows = { ...NEW, isEmpty: false, hasDrawn: true };
const SECOND: Shows = { ...NEW, image: 2 };
const DONE: Shows = { ...NEW, phase: "empty", image: null };

function walked(...seen: Shows[]): number[] {
  let [step, before] = [DRAW, null as number | null];
  return seen.map((shows) => {
    step = stepAfter(step, before, shows);
    before = shows.image ?? before;
    return step;
  });
}

it("goes from the first box to the next image to the end", () => {
  expect(walked(NEW, DRAWN, SECOND, { ...DRAWN, image: 2 }, { ...NEW, image: 3 })).toEqual([
    DRAW,
    NEXT,
    END,
    END,
    OVER,
  ]);
});

it("waits for a box, however many images are leafed through", () => {
  expect(walked(NEW, SECOND, { ...NEW, image: 3 })).toEqual([DRAW, DRAW, DRAW]);
});

it("is over at the end of the queue, where the page itself says so", () => {
  expect(walked(NEW, DRAWN, DONE)).toEqual([DRAW, NEXT, OVER]);
  expect(walked(NEW, DONE)).toEqual([DRAW, DRAW]);
});

it("never begins anew", () => {
  for (const shows of [NEW, DRAWN, SECOND, DONE]) expect(stepAfter(OVER, 1, shows)).toBe(OVER);
});

it("does not count a reload as the next image", () => {
  expect(stepAfter(NEXT, null, SECOND)).toBe(NEXT);
});

it("tells where one is, and of a box as long as there is none", () => {
  expect([DRAW, NEXT, END, OVER].map((step) => toldOf(step, NEW))).toEqual([DRAW, DRAW, END, OVER]);
  expect([DRAW, NEXT].map((step) => toldOf(step, DRAWN))).toEqual([DRAW, NEXT]);
});

it("tells nothing to who reviews, or may not draw, or waits for the picture", () => {
  const others: Partial<Shows>[] = [{ isFresh: false }, { draws: false }, { phase: "loading" }];
  for (const other of others)
    for (const step of [DRAW, NEXT, END]) expect(toldOf(step, { ...DRAWN, ...other })).toBe(OVER);
});

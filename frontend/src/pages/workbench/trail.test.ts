import { expect, it } from "vitest";
import { arrive, back, forget, forward, NO_TRAIL, type Trail } from "./trail";

const walked = [1, 2, 3].reduce(arrive, NO_TRAIL);

it("goes back and forward again", () => {
  expect(back(walked)).toBe(2);
  const there = arrive(walked, 2);
  expect([back(there), forward(there)]).toEqual([1, 3]);
  expect(arrive(there, 3)).toEqual(walked);
});

it("goes on at the end with an image from elsewhere", () => {
  const there = arrive(arrive(arrive(walked, 2), 1), 9);
  expect(there).toEqual<Trail>({ ids: [1, 2, 3, 9], at: 3 });
});

it("stays where it is when one arrives again", () => {
  expect(arrive(walked, 3)).toBe(walked);
});

it("forgets an image that is gone", () => {
  expect(forget(walked, 3)).toEqual<Trail>({ ids: [1, 2], at: 1 });
  expect(forget(walked, 1)).toEqual<Trail>({ ids: [2, 3], at: 1 });
  expect(forget(walked, 7)).toBe(walked);
  expect(forget(arrive(NO_TRAIL, 5), 5)).toEqual(NO_TRAIL);
});

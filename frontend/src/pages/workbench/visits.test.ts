import { expect, it } from "vitest";
import {
  arrive,
  arriveAnew,
  arriveInList,
  back,
  extended,
  forget,
  forward,
  NO_VISITS,
  type Visits,
} from "./visits";

const visited = [1, 2, 3].reduce(arrive, NO_VISITS);

it("goes back and forward again", () => {
  expect(back(visited)).toBe(2);
  const there = arrive(visited, 2);
  expect([back(there), forward(there)]).toEqual([1, 3]);
  expect(arrive(there, 3)).toEqual(visited);
});

it("goes on at the end with an image from elsewhere", () => {
  const there = arrive(arrive(arrive(visited, 2), 1), 9);
  expect(there).toEqual<Visits>({ ids: [1, 2, 3, 9], at: 3 });
});

it("goes on with what the queue hands out, also with the image before: Next never goes to and fro", () => {
  const there = arriveAnew(visited, 2);
  expect(there).toEqual<Visits>({ ids: [1, 3, 2], at: 2 });
  expect(arrive(there, 2)).toBe(there);
  expect(arriveAnew(visited, 3)).toEqual(visited);
});

it("stays where it is when one arrives again", () => {
  expect(arrive(visited, 3)).toBe(visited);
});

it("forgets an image that is gone", () => {
  expect(forget(visited, 3)).toEqual<Visits>({ ids: [1, 2], at: 1 });
  expect(forget(visited, 1)).toEqual<Visits>({ ids: [2, 3], at: 1 });
  expect(forget(visited, 7)).toBe(visited);
  expect(forget(arrive(NO_VISITS, 5), 5)).toEqual(NO_VISITS);
});

it("keeps a stretch of a list, in the list's order", () => {
  const start = arriveInList(NO_VISITS, 5);
  const wider = extended(extended(start, 6, "after"), 4, "before");
  expect(wider).toEqual<Visits>({ ids: [4, 5, 6], at: 1 });
  expect(arriveInList(wider, 6)).toEqual<Visits>({ ids: [4, 5, 6], at: 2 });
  expect(arriveInList(wider, 9)).toEqual<Visits>({ ids: [9], at: 0 });
});

import { expect, it } from "vitest";
import { cellsIn, indexesBetween, placeOf, stepFrom } from "./grid";

it("fills the width with square cells of about the target's size", () => {
  const cells = cellsIn(20, 1000, 160);
  expect([cells.columns, cells.side, cells.height]).toEqual([6, 1004 / 6 - 4, 4 * (1004 / 6) - 4]);
  const last = placeOf(5, cells);
  expect(last.left + cells.side).toBeCloseTo(1000);
  expect(placeOf(6, cells)).toEqual({ left: 0, top: cells.side + 4 });
});

it("has room for one where there is none", () => {
  expect(cellsIn(3, 80, 160).columns).toBe(1);
  expect(cellsIn(3, 0, 160).height).toBe(0);
});

it("knows the cells of the rows in view", () => {
  const cells = { columns: 5, side: 96, height: 0 };
  expect(indexesBetween(0, 99, 1000, cells)).toEqual([0, 5]);
  expect(indexesBetween(250, 450, 1000, cells)).toEqual([10, 25]);
  expect(indexesBetween(-500, 450, 12, cells)).toEqual([0, 12]);
});

it.each([
  ["ArrowRight", 3, 4],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 3, 8],
  ["ArrowDown", 8, 8],
  ["ArrowUp", 2, 2],
  ["End", 2, 10],
  ["Home", 7, 0],
  ["x", 7, null],
])("%s leads from %i to %s", (key, at, to) => {
  expect(stepFrom(key, at, 11, 5)).toBe(to);
});

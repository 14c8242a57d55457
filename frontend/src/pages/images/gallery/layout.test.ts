import { describe, expect, it } from "vitest";
import { aspectOf, justify, neighbour, pageAway, rowOf, rowsBetween, tilesWithin } from "./layout";

const OPTIONS = { width: 1000, target: 170, gap: 4 };

describe("a frame over the tiles", () => {
  const layout = justify(Array(20).fill(1.5), OPTIONS);
  const [first, second] = layout.rows;

  it("finds what it touches, row by row", () => {
    const middle = first!.height / 2;
    const across = {
      left: first!.tiles[0]!.width - 1,
      right: first!.tiles[1]!.left + 1,
      top: middle,
      bottom: middle,
    };
    expect(tilesWithin(layout, across)).toEqual([0, 1]);
    const down = { left: 5, right: 5, top: middle, bottom: second!.top + 1 };
    expect(tilesWithin(layout, down)).toEqual([0, second!.tiles[0]!.index]);
  });

  it("finds nothing in the gap between tiles, nor beside them", () => {
    const gap = first!.tiles[0]!.width + 2;
    expect(tilesWithin(layout, { left: gap, right: gap, top: 0, bottom: 10 })).toEqual([]);
    expect(tilesWithin(layout, { left: 2000, right: 2010, top: 0, bottom: 10 })).toEqual([]);
  });
});

describe("justified rows", () => {
  it("fills the width in each row but the last", () => {
    const { rows } = justify(Array(40).fill(1.5), OPTIONS);
    for (const row of rows.slice(0, -1)) {
      const last = row.tiles.at(-1)!;
      expect(last.left + last.width).toBeCloseTo(1000, 6);
    }
  });

  it("stays near the target height whatever the shapes", () => {
    const aspects = Array.from({ length: 200 }, (_, n) => 0.5 + ((n * 37) % 25) / 10);
    const { rows } = justify(aspects, OPTIONS);
    for (const row of rows.slice(0, -1)) {
      expect(row.height).toBeGreaterThan(110);
      expect(row.height).toBeLessThan(260);
    }
  });

  it("places every image once, in order", () => {
    const { rows } = justify([1, 2, 0.5, 1, 3, 1, 1, 0.6], OPTIONS);
    expect(rows.flatMap((row) => row.tiles.map((tile) => tile.index))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("does not stretch a short last row", () => {
    expect(justify([1], OPTIONS).rows[0]!.height).toBe(170);
  });

  it("stacks rows with one gap between", () => {
    const { rows, height } = justify(Array(12).fill(1.5), OPTIONS);
    expect(rows[1]!.top).toBeCloseTo(rows[0]!.height + 4, 6);
    expect(height).toBeCloseTo(rows.at(-1)!.top + rows.at(-1)!.height, 6);
  });

  it("is empty without images or without width", () => {
    expect(justify([], OPTIONS)).toEqual({ rows: [], height: 0 });
    expect(justify([1], { ...OPTIONS, width: 0 })).toEqual({ rows: [], height: 0 });
  });

  it("puts one wide image in a narrow column alone", () => {
    const { rows } = justify([3, 3], { width: 358, target: 120, gap: 4 });
    expect(rows).toHaveLength(2);
  });

  it("crops what is wider than a panorama", () => {
    expect(aspectOf({ width: 9000, height: 100 })).toBe(3.2);
    expect(aspectOf({ width: 0, height: 0 })).toBe(1);
  });
});

describe("what is in view", () => {
  const layout = justify(Array(60).fill(1.5), OPTIONS);

  it("gives only the rows that touch the window", () => {
    const shown = rowsBetween(layout, 200, 400);
    expect(shown[0]!.top).toBeLessThanOrEqual(200);
    expect(shown.length).toBeLessThan(layout.rows.length);
  });

  it("finds the tile below and comes back", () => {
    const below = neighbour(layout, 1, 1);
    expect(below).toBeGreaterThan(layout.rows[0]!.tiles.at(-1)!.index);
    expect(neighbour(layout, below, -1)).toBe(1);
  });

  it("goes a screenful down and back", () => {
    const below = pageAway(layout, 1, 1, 500);
    const row = layout.rows[rowOf(layout, below)]!;
    expect(row.top).toBeGreaterThan(0);
    expect(row.top).toBeLessThanOrEqual(500);
    expect(rowOf(layout, pageAway(layout, below, -1, 500))).toBe(0);
    expect(rowOf(layout, pageAway(layout, 0, 1, 1))).toBe(1);
    expect(pageAway(layout, 59, 1, 500)).toBe(59);
  });

  it("stays at the edge", () => {
    expect(neighbour(layout, 0, -1)).toBe(0);
  });
});

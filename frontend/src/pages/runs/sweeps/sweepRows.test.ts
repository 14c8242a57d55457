import { describe, expect, it } from "vitest";
import type { SweepRow } from "../../../api/types";
import { nextOrder, sortedRows } from "./sweepRows";

const row = (number: number, epochs: number | string, AP?: number) =>
  ({
    number,
    setting: { epochs },
    metrics: AP === undefined ? {} : { AP },
    seconds: null,
  }) as unknown as SweepRow;
const rows = [row(1, 8, 0.2), row(2, 16), row(3, 4, 0.6)];
const numbers = (key: string, isRising: boolean) =>
  sortedRows(rows, { key, isRising }).map((one) => one.number);

describe("a sweep's table", () => {
  it("is sorted by figures as figures", () => {
    expect(numbers("epochs", true)).toEqual([3, 1, 2]);
    expect(numbers("epochs", false)).toEqual([2, 1, 3]);
  });

  it("keeps what is not known below", () => {
    expect(numbers("AP", false)).toEqual([3, 1, 2]);
    expect(numbers("AP", true)).toEqual([1, 3, 2]);
    expect(numbers("seconds", true)).toEqual([1, 2, 3]);
  });

  it("turns at the second click", () => {
    const first = nextOrder({ key: "number", isRising: true }, "AP", true);
    expect(first).toEqual({ key: "AP", isRising: false });
    expect(nextOrder(first, "AP", true).isRising).toBe(true);
    expect(nextOrder(first, "freeze", false).isRising).toBe(true);
  });
});

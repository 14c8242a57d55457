import { expect, it } from "vitest";
import type { TeamUsage } from "../api/types";
import { fullness, warnings } from "./quota";

const usage = (images: number, limit: number | null): TeamUsage => ({
  images: { used: images, limit },
  bytes: { used: 10, limit: null },
  jobs: { used: 0, limit: 100 },
});

it("tells how full a quota is", () => {
  expect(fullness({ used: 50, limit: 100 })).toBe(0.5);
  expect(fullness({ used: 50, limit: null })).toBe(0);
});

it("warns from four fifths on, in figures", () => {
  expect(warnings(usage(79, 100), ["images", "bytes"])).toEqual([]);
  expect(warnings(usage(80, 100), ["images", "bytes"])).toEqual(["Images: 80 of 100, 20 left"]);
  expect(warnings(usage(1200, 1000), ["images"])).toEqual(["Images: 1,200 of 1,000, full"]);
});

it("warns of nothing where there is no quota", () => {
  expect(warnings(usage(1_000_000, null), ["images", "bytes"])).toEqual([]);
});

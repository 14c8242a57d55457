import { expect, it } from "vitest";
import { nextPart } from "./archiveUpload";

const MIB = 2 ** 20;

it("sends larger parts while they are quick, up to what the server takes", () => {
  expect(nextPart(MIB, 100 * MIB, 500)).toBe(2 * MIB);
  expect(nextPart(8 * MIB, 100 * MIB, 500)).toBe(8 * MIB);
  expect(nextPart(MIB, 100 * MIB, 5000)).toBe(MIB);
});

it("sends smaller parts after each break, but not endlessly many", () => {
  expect(nextPart(MIB, 100 * MIB, null)).toBe(MIB / 2);
  expect(nextPart(MIB / 4, 100 * MIB, null)).toBe(MIB / 4);
  expect(nextPart(MIB / 4, 20_000 * MIB, null)).toBe(2 * MIB);
});

import { expect, it } from "vitest";
import { newId, uuid7 } from "./ids";

const ONES = new Uint8Array(10).fill(255);

it("puts time, version and variant where RFC 9562 wants them", () => {
  expect(uuid7(0x0192_8c3e_5a7b, ONES)).toBe("01928c3e-5a7b-7fff-bfff-ffffffffffff");
});

it("sorts by time", () => {
  const ids = [1, 2, 300, 70_000, 1_700_000_000_000].map((now) => uuid7(now, ONES));
  expect([...ids].sort()).toEqual(ids);
});

it("never makes the same twice", () => {
  expect(new Set(Array.from({ length: 500 }, newId)).size).toBe(500);
});

import { expect, it } from "vitest";
import { handleAt } from "./hit";

const SMALL = { x_min: 100, y_min: 100, x_max: 112, y_max: 110 };

it("takes hold of a small box anywhere inside, of its handles outside", () => {
  for (const at of [
    { x: 101, y: 101 },
    { x: 106, y: 105 },
    { x: 112, y: 110 },
  ]) {
    expect(handleAt(SMALL, at, "mouse")).toBeNull();
    expect(handleAt(SMALL, at, "touch")).toBeNull();
  }
  expect(handleAt(SMALL, { x: 94, y: 94 }, "mouse")).toBe("nw");
  expect(handleAt(SMALL, { x: 124, y: 122 }, "touch")).toBe("se");
});

it("takes a large box by its corners and sides", () => {
  const large = { x_min: 100, y_min: 100, x_max: 300, y_max: 300 };
  expect(handleAt(large, { x: 104, y: 104 }, "mouse")).toBe("nw");
  expect(handleAt(large, { x: 297, y: 200 }, "mouse")).toBe("e");
});

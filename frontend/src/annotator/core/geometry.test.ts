import { describe, expect, it } from "vitest";
import {
  type Box,
  fitted,
  type Handle,
  handlePoint,
  moved,
  resized,
  rounded,
  type Size,
  spanning,
} from "./geometry";

/** What the server asks of every box. */
function fits(box: Box, image: Size): boolean {
  const isInside = box.x_min >= 0 && box.y_min >= 0 && box.x_max <= image.width && box.y_max <= image.height;
  return isInside && box.x_max > box.x_min && box.y_max > box.y_min;
}

const IMAGE = { width: 200, height: 100 };
const BOX: Box = { x_min: 50, y_min: 20, x_max: 90, y_max: 60 };

describe("spanning", () => {
  it("makes the same box from any two opposite corners", () => {
    const a = { x: 10, y: 20 };
    const b = { x: 30, y: 5 };
    expect(spanning(a, b, IMAGE)).toEqual({ x_min: 10, y_min: 5, x_max: 30, y_max: 20 });
    expect(spanning(b, a, IMAGE)).toEqual(spanning(a, b, IMAGE));
  });

  it("stays inside the image", () => {
    const box = spanning({ x: -50, y: -50 }, { x: 900, y: 900 }, IMAGE);
    expect(box).toEqual({ x_min: 0, y_min: 0, x_max: 200, y_max: 100 });
  });
});

describe("moved", () => {
  it("stops at the edges and keeps the size", () => {
    expect(moved(BOX, -500, 500, IMAGE)).toEqual({ x_min: 0, y_min: 60, x_max: 40, y_max: 100 });
  });
});

describe("resized", () => {
  it.each<[Handle, number, number, Box]>([
    ["nw", -10, -5, { x_min: 40, y_min: 15, x_max: 90, y_max: 60 }],
    ["n", 99, -5, { x_min: 50, y_min: 15, x_max: 90, y_max: 60 }],
    ["ne", 10, -5, { x_min: 50, y_min: 15, x_max: 100, y_max: 60 }],
    ["e", 10, 99, { x_min: 50, y_min: 20, x_max: 100, y_max: 60 }],
    ["se", 10, 5, { x_min: 50, y_min: 20, x_max: 100, y_max: 65 }],
    ["s", 99, 5, { x_min: 50, y_min: 20, x_max: 90, y_max: 65 }],
    ["sw", -10, 5, { x_min: 40, y_min: 20, x_max: 90, y_max: 65 }],
    ["w", -10, 99, { x_min: 40, y_min: 20, x_max: 90, y_max: 60 }],
  ])("drags %s and leaves the other sides", (handle, dx, dy, expected) => {
    expect(resized(BOX, handle, dx, dy, IMAGE)).toEqual({ box: expected, handle });
  });

  it("turns over when a handle goes through the opposite edge", () => {
    const { box, handle } = resized(BOX, "nw", 70, 50, IMAGE);
    expect(box).toEqual({ x_min: 90, y_min: 60, x_max: 120, y_max: 70 });
    expect(handle).toBe("se");
  });

  it("turns over one axis alone", () => {
    expect(resized(BOX, "e", -60, 0, IMAGE)).toEqual({
      box: { x_min: 30, y_min: 20, x_max: 50, y_max: 60 },
      handle: "w",
    });
  });

  it("never gets thinner than a pixel, nor leaves the image", () => {
    for (let dx = -300; dx <= 300; dx += 7) {
      const { box } = resized(BOX, "se", dx, dx / 2, IMAGE);
      expect(fits(box, IMAGE)).toBe(true);
      expect(box.x_max - box.x_min).toBeGreaterThanOrEqual(1);
    }
  });

  it("keeps a pixel of width at the image's edge", () => {
    const { box } = resized({ ...BOX, x_min: 0 }, "e", -90, 0, IMAGE);
    expect(box).toMatchObject({ x_min: 0, x_max: 1 });
  });
});

it("puts handles on corners and in the middle of sides", () => {
  expect(handlePoint(BOX, "nw")).toEqual({ x: 50, y: 20 });
  expect(handlePoint(BOX, "e")).toEqual({ x: 90, y: 40 });
  expect(handlePoint(BOX, "s")).toEqual({ x: 70, y: 60 });
});

it("rounds to hundredths, which JSON keeps", () => {
  const box = rounded({ x_min: 1 / 3, y_min: 0.005, x_max: 20.999, y_max: 7 });
  expect(box).toEqual({ x_min: 0.33, y_min: 0.01, x_max: 21, y_max: 7 });
  expect(JSON.parse(JSON.stringify(box))).toEqual(box);
});

it("fits any box into the image", () => {
  expect(fitted({ x_min: 190, y_min: -5, x_max: 260, y_max: 300 }, IMAGE)).toEqual({
    x_min: 130,
    y_min: 0,
    x_max: 200,
    y_max: 100,
  });
  expect(fits(fitted({ x_min: 5, y_min: 5, x_max: 5, y_max: 5 }, IMAGE), IMAGE)).toBe(true);
});

import { expect, it } from "vitest";
import { fileFor, regionOf } from "./cutting";

const PICTURE = { width: 4000, height: 3000 };
const box = (x_min: number, y_min: number, x_max: number, y_max: number) => ({
  box: { x_min, y_min, x_max, y_max },
});

it("shows a square around the box's middle, with something around it", () => {
  expect(regionOf(box(100, 200, 300, 300), PICTURE)).toEqual({ left: 60, top: 110, side: 280 });
});

it("shows a tiny box with what is near, and a whole picture whole", () => {
  expect(regionOf(box(10, 10, 14, 12), PICTURE)).toEqual({ left: -4, top: -5, side: 32 });
  expect(regionOf({ box: null }, PICTURE)).toEqual({ left: 0, top: -500, side: 4000 });
});

it("cuts what is large out of the thumbnail, and what is small out of the preview", () => {
  const large = regionOf(box(0, 0, 2000, 2000), PICTURE);
  expect([fileFor(large, PICTURE, 160), fileFor(large, PICTURE, 640)]).toEqual(["thumbnail", "preview"]);
  expect(fileFor(regionOf(box(0, 0, 40, 40), PICTURE), PICTURE, 160)).toBe("preview");
});

it("knows when the preview is no sharper", () => {
  const small = { width: 300, height: 300 };
  expect(fileFor(regionOf(box(0, 0, 40, 40), small), small, 160)).toBe("thumbnail");
});

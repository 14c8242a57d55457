import { expect, it } from "vitest";
import {
  boxToStage,
  fitView,
  held,
  MAX_SCALE,
  minScale,
  panned,
  revealed,
  toImage,
  zoomed,
} from "./viewport";

const IMAGE = { width: 1000, height: 500 };
const STAGE = { width: 816, height: 616 };

it("fits the whole image, centred", () => {
  expect(fitView(IMAGE, STAGE)).toEqual({ scale: 0.8, x: 8, y: 108 });
});

it("goes to the stage and back", () => {
  const view = { scale: 1.7, x: -33, y: 12 };
  const box = { x_min: 123.4, y_min: 56.7, x_max: 130, y_max: 60 };
  const on = boxToStage(view, box);
  const back = toImage(view, { x: on.x_min, y: on.y_min });
  expect(back.x).toBeCloseTo(box.x_min);
  expect(back.y).toBeCloseTo(box.y_min);
});

it("zooms around the pointer", () => {
  const view = fitView(IMAGE, STAGE);
  const at = { x: 300, y: 250 };
  const near = toImage(view, at);
  const after = toImage(zoomed(view, at, 2.5, IMAGE, STAGE), at);
  expect(after.x).toBeCloseTo(near.x);
  expect(after.y).toBeCloseTo(near.y);
});

it("stops zooming at its limits", () => {
  const view = fitView(IMAGE, STAGE);
  const at = { x: 400, y: 300 };
  expect(zoomed(view, at, 1e6, IMAGE, STAGE).scale).toBe(MAX_SCALE);
  expect(zoomed(view, at, 1e-6, IMAGE, STAGE).scale).toBe(minScale(IMAGE, STAGE));
});

it("never loses the image while panning", () => {
  const view = fitView(IMAGE, STAGE);
  for (const [dx, dy] of [
    [1e5, 0],
    [-1e5, 0],
    [0, 1e5],
    [0, -1e5],
  ] as const) {
    const far = panned(view, dx, dy, IMAGE, STAGE);
    const right = far.x + IMAGE.width * far.scale;
    const low = far.y + IMAGE.height * far.scale;
    expect(far.x).toBeLessThanOrEqual(STAGE.width - 64);
    expect(far.y).toBeLessThanOrEqual(STAGE.height - 64);
    expect(right).toBeGreaterThanOrEqual(64);
    expect(low).toBeGreaterThanOrEqual(64);
  }
});

it("holds a tiny image whole", () => {
  const tiny = { width: 10, height: 10 };
  expect(held({ scale: 1, x: -500, y: 9000 }, tiny, STAGE)).toEqual({ scale: 1, x: 0, y: 606 });
});

it("reveals a box out of sight and leaves one in sight", () => {
  const view = { scale: 2, x: 0, y: 0 };
  const inSight = { x_min: 10, y_min: 10, x_max: 50, y_max: 50 };
  const away = { x_min: 800, y_min: 300, x_max: 850, y_max: 350 };
  expect(revealed(view, inSight, IMAGE, STAGE)).toBe(view);
  const moved = revealed(view, away, IMAGE, STAGE);
  expect(boxToStage(moved, away)).toMatchObject({ x_max: STAGE.width - 24, y_max: STAGE.height - 24 });
});

it("takes no point of the image for one of the stage", () => {
  const view = { scale: 2, x: 0, y: 0 };
  const point = toImage(view, { x: 4, y: 6 });
  // @ts-expect-error the compiler keeps them apart
  expect(toImage(view, point)).toEqual({ x: 1, y: 1.5 });
});

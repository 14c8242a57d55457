/** Where the image lies on the stage: stage = image × scale + offset, in CSS pixels of the stage. */
import { type Box, clamp, type ImagePoint, type Size, type StageBox, type StagePoint } from "./geometry";

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** One image pixel is never drawn larger than this many screen pixels. */
export const MAX_SCALE = 40;

/** So many screen pixels of the image stay on the stage, however far one pans. */
const KEEP = 64;

/** A box that is brought into sight stays so many screen pixels off the stage's edge. */
const SIGHT_MARGIN = 24;

export function toImage(view: View, point: StagePoint): ImagePoint {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

export function toStage(view: View, point: ImagePoint): StagePoint {
  return { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
}

export function boxToStage(view: View, box: Box): StageBox {
  return {
    x_min: box.x_min * view.scale + view.x,
    y_min: box.y_min * view.scale + view.y,
    x_max: box.x_max * view.scale + view.x,
    y_max: box.y_max * view.scale + view.y,
  };
}

function fitScale(image: Size, stage: Size, margin: number): number {
  const wide = Math.max(1, stage.width - 2 * margin) / image.width;
  const high = Math.max(1, stage.height - 2 * margin) / image.height;
  return Math.min(wide, high, MAX_SCALE);
}

/** The whole image, centred, with a small margin where there is room for one. */
export function fitView(image: Size, stage: Size): View {
  const margin = stage.width < 640 ? 0 : 8;
  const scale = fitScale(image, stage, margin);
  return {
    scale,
    x: (stage.width - image.width * scale) / 2,
    y: (stage.height - image.height * scale) / 2,
  };
}

/** The smallest scale: half of the one at which the image fits the stage, at most 0.5. */
export function minScale(image: Size, stage: Size): number {
  return Math.min(1, fitScale(image, stage, 8)) / 2;
}

/** Keeps part of the image on the stage. */
export function held(view: View, image: Size, stage: Size): View {
  const wide = image.width * view.scale;
  const high = image.height * view.scale;
  const keepX = Math.min(KEEP, wide);
  const keepY = Math.min(KEEP, high);
  return {
    scale: view.scale,
    x: clamp(view.x, keepX - wide, stage.width - keepX),
    y: clamp(view.y, keepY - high, stage.height - keepY),
  };
}

export function panned(view: View, dx: number, dy: number, image: Size, stage: Size): View {
  return held({ scale: view.scale, x: view.x + dx, y: view.y + dy }, image, stage);
}

/** Zooms so that the image point under `at` stays under it. */
export function zoomed(view: View, at: StagePoint, factor: number, image: Size, stage: Size): View {
  const scale = clamp(view.scale * factor, minScale(image, stage), MAX_SCALE);
  const grow = scale / view.scale;
  return held({ scale, x: at.x - (at.x - view.x) * grow, y: at.y - (at.y - view.y) * grow }, image, stage);
}

export function centreOf(stage: Size): StagePoint {
  return { x: stage.width / 2, y: stage.height / 2 };
}

/** Pans as little as needed for a box to be seen; a box already in sight moves nothing. */
export function revealed(view: View, box: Box, image: Size, stage: Size): View {
  const on = boxToStage(view, box);
  const dx = shiftIntoSight(on.x_min, on.x_max, stage.width);
  const dy = shiftIntoSight(on.y_min, on.y_max, stage.height);
  return dx === 0 && dy === 0 ? view : panned(view, dx, dy, image, stage);
}

/** Along one side of the stage. A span longer than the stage is centred, if it is out of sight. */
function shiftIntoSight(low: number, high: number, limit: number): number {
  if (high - low > limit) return low > limit || high < 0 ? limit / 2 - (low + high) / 2 : 0;
  if (low < 0) return SIGHT_MARGIN - low;
  return high > limit ? limit - SIGHT_MARGIN - high : 0;
}

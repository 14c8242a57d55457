/** A new box, pulled open by a drag or put together from clicks. */
import {
  type Box,
  height,
  type ImagePoint,
  MIN_SIDE,
  rounded,
  type StagePoint,
  spanning,
  width,
} from "../geometry";
import type { DrawingTool, Gesture, Placing, Step, World } from "../gesture";
import { toImage } from "../viewport";

/** A box smaller than this on the screen was a slip of the hand. */
const SMALLEST = 3;

/** `from` is a point of the image, so that one may zoom and pan while drawing; `at` is one of the stage. */
export function placed(from: ImagePoint, at: StagePoint, world: World): { at: StagePoint; box: Box } {
  return { at, box: spanning(from, toImage(world.view, at), world.image) };
}

/** The clicks that a box needs; a drag needs none. */
export const CLICKS: Record<DrawingTool, number> = { draw: 0, corners: 2, extreme: 4 };

/** Set points, and the box around them and the pointer. */
export function placing(points: readonly ImagePoint[], at: StagePoint, world: World): Placing {
  const here = toImage(world.view, at);
  const all = [...points, here];
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  const low = { x: Math.min(...xs), y: Math.min(...ys) };
  const high = { x: Math.max(...xs), y: Math.max(...ys) };
  return { kind: "placing", points, at, box: spanning(low, high, world.image) };
}

/** The point of a click: the next one of the box, or its last. */
export function place(before: Placing, clicks: number, world: World, rest: Gesture): Step {
  const points = [...before.points, toImage(world.view, before.at)];
  return points.length < clicks
    ? [placing(points, before.at, world)]
    : finishDrawing(before.box, world, rest);
}

export function finishDrawing(box: Box, world: World, rest: Gesture): Step {
  const smallest = Math.max(MIN_SIDE, SMALLEST / world.view.scale);
  if (width(box) < smallest || height(box) < smallest) return [rest];
  return [rest, { do: "create", box: rounded(box) }];
}

/** Pulling a new box open, by a drag or by two clicks. */
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
import type { Gesture, Step, World } from "../gesture";
import { toImage } from "../viewport";

/** A box smaller than this on the screen was a slip of the hand. */
const SMALLEST = 3;

/** `from` is a point of the image, so that one may zoom and pan while drawing; `at` is one of the stage. */
export function placed(from: ImagePoint, at: StagePoint, world: World): { at: StagePoint; box: Box } {
  return { at, box: spanning(from, toImage(world.view, at), world.image) };
}

export function drawn(box: Box, world: World, rest: Gesture): Step {
  const smallest = Math.max(MIN_SIDE, SMALLEST / world.view.scale);
  if (width(box) < smallest || height(box) < smallest) return [rest];
  return [rest, { do: "create", box: rounded(box) }];
}

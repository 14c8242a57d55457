/** Dragging a handle. */
import { resized, rounded, sameBox } from "../geometry";
import type { Gesture, PointerInput, Resizing, Step, World } from "../gesture";
import { toImage } from "../viewport";

export function resize(gesture: Resizing, input: PointerInput, world: World): Step {
  const to = toImage(world.view, input.at);
  const dx = to.x - gesture.start.x;
  const dy = to.y - gesture.start.y;
  return [{ ...gesture, at: input.at, ...resized(gesture.from, gesture.grip, dx, dy, world.image) }];
}

export function finish(gesture: Resizing, rest: Gesture): Step {
  if (sameBox(gesture.from, gesture.box)) return [rest];
  return [rest, { do: "reshape", id: gesture.id, box: rounded(gesture.box) }];
}

import { resized, rounded, sameBox } from "../geometry";
import type { Gesture, PointerInput, Resizing, Step, World } from "../gesture";

export function resize(gesture: Resizing, input: PointerInput, world: World): Step {
  const dx = (input.at.x - gesture.start.x) / world.view.scale;
  const dy = (input.at.y - gesture.start.y) / world.view.scale;
  return [{ ...gesture, at: input.at, ...resized(gesture.from, gesture.grip, dx, dy, world.image) }];
}

export function finish(gesture: Resizing, rest: Gesture): Step {
  if (sameBox(gesture.from, gesture.box)) return [rest];
  return [rest, { do: "reshape", id: gesture.id, box: rounded(gesture.box) }];
}

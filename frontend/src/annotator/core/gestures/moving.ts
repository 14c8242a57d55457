import { moved, rounded, sameBox } from "../geometry";
import type { Gesture, Moving, PointerInput, Step, World } from "../gesture";

export function move(gesture: Moving, input: PointerInput, world: World): Step {
  const dx = (input.at.x - gesture.start.x) / world.view.scale;
  const dy = (input.at.y - gesture.start.y) / world.view.scale;
  return [{ ...gesture, at: input.at, box: moved(gesture.from, dx, dy, world.image) }];
}

export function drop(gesture: Moving, rest: Gesture): Step {
  if (sameBox(gesture.from, gesture.box)) return [rest];
  return [rest, { do: "reshape", id: gesture.id, box: rounded(gesture.box) }];
}

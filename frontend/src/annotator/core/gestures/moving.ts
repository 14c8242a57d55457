/** Dragging a whole box. */
import { moved, rounded, sameBox } from "../geometry";
import type { Gesture, Moving, PointerInput, Step, World } from "../gesture";
import { toImage } from "../viewport";

export function move(gesture: Moving, input: PointerInput, world: World): Step {
  const to = toImage(world.view, input.at);
  const dx = to.x - gesture.start.x;
  const dy = to.y - gesture.start.y;
  return [{ ...gesture, at: input.at, box: moved(gesture.from, dx, dy, world.image) }];
}

export function drop(gesture: Moving, rest: Gesture): Step {
  if (sameBox(gesture.from, gesture.box)) return [rest];
  return [rest, { do: "reshape", id: gesture.id, box: rounded(gesture.box) }];
}

/** A press becomes a drag (of what lies under it) or, when it is let go in place, a click. */

import type { BoxAnnotation } from "../annotation";
import {
  asBox,
  draws,
  type Gesture,
  type PointerInput,
  type Pressed,
  type Step,
  type World,
} from "../gesture";
import { toImage } from "../viewport";
import { CLICKS, place, placed, placing } from "./drawing";
import { move } from "./moving";
import { resize } from "./resizing";
import { pan } from "./viewing";

/** The first movement past the slop decides what the drag is. */
export function begin(press: Pressed, input: PointerInput, world: World): Step {
  if (!world.editable) return panFrom(press, input, world);
  if (press.force && draws(world.tool)) return drawFrom(press, input, world);
  if (press.hit.on === "handle") return resizeFrom(press, input, world);
  const target = draggable(press, world);
  if (target) return moveFrom(press, target, input, world);
  if (draws(world.tool)) return drawFrom(press, input, world);
  return press.by === "touch" ? panFrom(press, input, world) : frameFrom(press, input, world);
}

/** While drawing only a box that was picked moves, so that one can draw in crowds; Alt turns it round. */
function draggable({ hit, turn }: Pressed, world: World): BoxAnnotation | null {
  if (hit.on !== "box") return null;
  const { selected, picked } = world;
  const isOnSelected = selected !== null && hit.ids.includes(selected.id);
  if (draws(world.tool) && (isOnSelected && picked) === turn) return null;
  return isOnSelected ? selected : asBox(world.boxes.find(({ id }) => id === hit.ids[0]));
}

function drawFrom(press: Pressed, input: PointerInput, world: World): Step {
  const { pointer, by } = press;
  const from = toImage(world.view, press.at);
  return [
    { kind: "drawing", pointer, by, from, ...placed(from, input.at, world) },
    { do: "select", id: null },
  ];
}

function frameFrom({ pointer, by, at }: Pressed, input: PointerInput, world: World): Step {
  const from = toImage(world.view, at);
  return [{ kind: "marquee", pointer, by, from, ...placed(from, input.at, world) }];
}

function moveFrom(press: Pressed, target: BoxAnnotation, input: PointerInput, world: World): Step {
  const { pointer, by, at } = press;
  const { id, box } = target;
  const start = toImage(world.view, at);
  const [next] = move({ kind: "moving", pointer, by, id, start, at, from: box, box }, input, world);
  // Of several that are selected, only the one under the pointer moves.
  return id === world.selected?.id && !world.several ? [next] : [next, { do: "select", id }];
}

function resizeFrom(press: Pressed, input: PointerInput, world: World): Step {
  if (press.hit.on !== "handle" || !world.selected) return [press];
  const { pointer, by, at } = press;
  const { id, handle } = press.hit;
  const { box } = world.selected;
  const grip = handle;
  const start = toImage(world.view, at);
  return resize({ kind: "resizing", pointer, by, id, start, at, grip, handle, from: box, box }, input, world);
}

function panFrom(press: Pressed, input: PointerInput, world: World): Step {
  return pan(
    { kind: "panning", pointer: press.pointer, start: press.at, at: press.at, from: world.view },
    input,
    world,
  );
}

/** Where boxes are made of clicks it sets a point (with Alt it selects, as elsewhere). On a box it selects the
 * smallest one there, and each further click the next larger one; beside all boxes it deselects. */
export function click(press: Pressed, world: World, rest: Gesture): Step {
  const clicks = draws(world.tool) && world.editable && !press.turn ? CLICKS[world.tool] : 0;
  if (clicks > 0) return place(press.armed ?? placing([], press.at, world), clicks, world, rest);
  if (press.hit.on === "handle") return [rest, { do: "select", id: press.hit.id }];
  if (press.hit.on === "box") {
    const { ids } = press.hit;
    if (press.adds && ids[0] !== undefined) return [rest, { do: "toggle", id: ids[0] }];
    const at = world.selected ? ids.indexOf(world.selected.id) : -1;
    return [rest, { do: "select", id: ids[(at + 1) % ids.length] ?? null }];
  }
  return world.selected ? [rest, { do: "select", id: null }] : [rest];
}

/** Panning with one pointer, panning and zooming with two fingers. */
import { between, distance } from "../geometry";
import type { Finger, Gesture, Panning, Pinching, PointerInput, Step, World } from "../gesture";
import { panned, zoomed } from "../viewport";

export function pan(gesture: Panning, input: PointerInput, world: World): Step {
  const dx = input.at.x - gesture.start.x;
  const dy = input.at.y - gesture.start.y;
  return [
    { ...gesture, at: input.at },
    { do: "view", view: panned(gesture.from, dx, dy, world.image, world.stage) },
  ];
}

/** A second finger ends what the first one did without a trace. */
export function startPinch(gesture: Gesture, input: PointerInput): Step {
  const first = fingerOf(gesture);
  if (!first) return [gesture];
  return [{ kind: "pinching", fingers: [first, { pointer: input.pointer, at: input.at }] }];
}

function fingerOf(gesture: Gesture): Finger | null {
  return "pointer" in gesture ? { pointer: gesture.pointer, at: gesture.at } : null;
}

export function pinch(gesture: Pinching, input: PointerInput, world: World): Step {
  const index = gesture.fingers.findIndex((finger) => finger.pointer === input.pointer);
  if (index < 0) return [gesture];
  const fingers = gesture.fingers.map((finger, i) =>
    i === index ? { pointer: finger.pointer, at: input.at } : finger,
  ) as unknown as readonly [Finger, Finger];
  const [a, b] = gesture.fingers;
  const [c, d] = fingers;
  const was = between(a.at, b.at);
  const now = between(c.at, d.at);
  const factor = distance(c.at, d.at) / Math.max(1, distance(a.at, b.at));
  const shifted = panned(world.view, now.x - was.x, now.y - was.y, world.image, world.stage);
  return [
    { ...gesture, fingers },
    { do: "view", view: zoomed(shifted, now, factor, world.image, world.stage) },
  ];
}

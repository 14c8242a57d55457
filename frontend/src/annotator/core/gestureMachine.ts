/** Pointer events step a pure machine: (gesture, event, world) gives the next gesture and what it asks for. */

import { distance } from "./geometry";
import { type Gesture, IDLE, type PointerInput, type Step, type World } from "./gesture";
import { finishDrawing, placed, placing } from "./gestures/drawing";
import { drop, move } from "./gestures/moving";
import { begin, click } from "./gestures/pressed";
import { finish, resize } from "./gestures/resizing";
import { pan, pinch, startPinch } from "./gestures/viewing";
import { hitTest, type PointerKind } from "./hit";

/** A press that moves less than this (screen pixels) is a click. */
const SLOP: Record<PointerKind, number> = { mouse: 3, pen: 4, touch: 8 };

export function stepGesture(gesture: Gesture, input: PointerInput, world: World): Step {
  if (input.type === "cancel") return [IDLE];
  if (input.type === "leave") return gesture.kind === "idle" ? [IDLE] : [gesture];
  if (input.type === "down") return down(gesture, input, world);
  return input.type === "move" ? moved(gesture, input, world) : up(gesture, input, world);
}

function down(gesture: Gesture, input: PointerInput, world: World): Step {
  const second = input.kind === "touch" && "pointer" in gesture && gesture.pointer !== input.pointer;
  if (second) return startPinch(gesture, input);
  if (gesture.kind === "placing" && input.button !== 0) return [IDLE];
  if (gesture.kind !== "idle" && gesture.kind !== "placing") return [gesture];
  if (world.panHeld || input.button === 1 || (input.button === 0 && world.tool === "pan")) {
    return [{ kind: "panning", pointer: input.pointer, start: input.at, at: input.at, from: world.view }];
  }
  if (input.button !== 0) return [gesture];
  return [pressed(gesture, input, world)];
}

function pressed(before: Gesture, input: PointerInput, world: World): Gesture {
  const { pointer, kind: by, at, force, turn, adds } = input;
  const hit = hitTest(world.view, world.boxes, world.selected, at, by);
  const armed = before.kind === "placing" ? placing(before.points, at, world) : null;
  return { kind: "pressed", pointer, by, at, hit, force, turn, adds, armed };
}

function moved(gesture: Gesture, input: PointerInput, world: World): Step {
  if (gesture.kind === "pinching") return pinch(gesture, input, world);
  if ("pointer" in gesture && gesture.pointer !== input.pointer) return [gesture];
  switch (gesture.kind) {
    case "idle":
      return [hovering(input, world)];
    case "pressed":
      if (gesture.armed)
        return [{ ...gesture, at: input.at, armed: placing(gesture.armed.points, input.at, world) }];
      return distance(gesture.at, input.at) < SLOP[gesture.by] ? [gesture] : begin(gesture, input, world);
    case "drawing":
    case "marquee":
      return [{ ...gesture, ...placed(gesture.from, input.at, world) }];
    case "placing":
      return [placing(gesture.points, input.at, world)];
    case "moving":
      return move(gesture, input, world);
    case "resizing":
      return resize(gesture, input, world);
    case "panning":
      return pan(gesture, input, world);
  }
}

function up(gesture: Gesture, input: PointerInput, world: World): Step {
  if (gesture.kind === "pinching") return released(gesture, input, world);
  if ("pointer" in gesture && gesture.pointer !== input.pointer) return [gesture];
  const rest = hovering(input, world);
  switch (gesture.kind) {
    case "placing":
      return [gesture];
    case "idle":
    case "panning":
      return [rest];
    case "pressed":
      return click(gesture, world, rest);
    case "drawing":
      return finishDrawing(gesture.box, world, rest);
    case "marquee":
      return [rest, { do: "frame", box: gesture.box }];
    case "moving":
      return drop(gesture, rest);
    case "resizing":
      return finish(gesture, rest);
  }
}

/** Lifting one of two fingers leaves the other panning, so that it doesn't start to draw. */
function released(gesture: Gesture & { kind: "pinching" }, input: PointerInput, world: World): Step {
  const left = gesture.fingers.find((finger) => finger.pointer !== input.pointer);
  if (!left) return [IDLE];
  return [{ kind: "panning", pointer: left.pointer, start: left.at, at: left.at, from: world.view }];
}

function hovering(input: PointerInput, world: World): Gesture {
  if (input.kind === "touch") return IDLE;
  return {
    kind: "idle",
    at: input.at,
    hover: hitTest(world.view, world.boxes, world.selected, input.at, input.kind),
  };
}

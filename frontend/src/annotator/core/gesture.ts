/** What the pointer is doing, as plain data. `at` is a point of the stage. Boxes and the `from` of a box that is
 * drawn are in image pixels, so that they stay in place while one zooms. */
import type { Annotation, BoxAnnotation } from "./annotation";
import type { Box, Handle, ImagePoint, Size, StagePoint } from "./geometry";
import type { Hit, PointerKind } from "./hit";
import type { View } from "./viewport";

/** Boxes come of a drag, of two opposite corners, or of an object's four extreme points. */
export type DrawingTool = "draw" | "corners" | "extreme";
export type Tool = DrawingTool | "select" | "pan";

export function draws(tool: Tool): tool is DrawingTool {
  return tool !== "select" && tool !== "pan";
}

export interface PointerInput {
  readonly type: "down" | "move" | "up" | "cancel" | "leave";
  readonly pointer: number;
  readonly kind: PointerKind;
  readonly at: StagePoint;
  readonly button: number;
  /** Shift: draw, whatever lies under the pointer. */
  readonly force: boolean;
  /** Alt: take hold of the box under the pointer, or draw where it would be held without. */
  readonly turn: boolean;
  /** Ctrl: a click adds to the selection, or takes out of it. */
  readonly adds: boolean;
}

/** Nothing pressed. `at` is null when the pointer is elsewhere (or a finger, which has no place between touches). */
export interface Idle {
  readonly kind: "idle";
  readonly at: StagePoint | null;
  readonly hover: Hit;
}

/** Pressed but not moved: still a click. */
export interface Pressed {
  readonly kind: "pressed";
  readonly pointer: number;
  readonly by: PointerKind;
  readonly at: StagePoint;
  readonly hit: Hit;
  readonly force: boolean;
  readonly turn: boolean;
  readonly adds: boolean;
  /** Points that earlier clicks set: this press sets the next one where it is let go. */
  readonly armed: Placing | null;
}

/** Pulling a new box open. */
export interface Drawing {
  readonly kind: "drawing";
  readonly pointer: number;
  readonly by: PointerKind;
  readonly from: ImagePoint;
  readonly at: StagePoint;
  readonly box: Box;
}

/** Some points are set by clicks, of the corners or extreme points that a box needs. */
export interface Placing {
  readonly kind: "placing";
  readonly points: readonly ImagePoint[];
  readonly at: StagePoint;
  readonly box: Box;
}

export interface Moving {
  readonly kind: "moving";
  readonly pointer: number;
  readonly by: PointerKind;
  readonly id: string;
  readonly start: ImagePoint;
  readonly at: StagePoint;
  readonly from: Box;
  readonly box: Box;
}

export interface Resizing {
  readonly kind: "resizing";
  readonly pointer: number;
  readonly by: PointerKind;
  readonly id: string;
  readonly start: ImagePoint;
  readonly at: StagePoint;
  readonly grip: Handle;
  readonly handle: Handle;
  readonly from: Box;
  readonly box: Box;
}

/** A frame around boxes, to select those whose middle lies in it. */
export interface Marquee {
  readonly kind: "marquee";
  readonly pointer: number;
  readonly by: PointerKind;
  readonly from: ImagePoint;
  readonly at: StagePoint;
  readonly box: Box;
}

export interface Panning {
  readonly kind: "panning";
  readonly pointer: number;
  readonly start: StagePoint;
  readonly at: StagePoint;
  readonly from: View;
}

export interface Finger {
  readonly pointer: number;
  readonly at: StagePoint;
}

export interface Pinching {
  readonly kind: "pinching";
  readonly fingers: readonly [Finger, Finger];
}

export type Gesture = Idle | Pressed | Drawing | Placing | Moving | Resizing | Marquee | Panning | Pinching;

export const IDLE: Idle = { kind: "idle", at: null, hover: { on: "nothing" } };

/** What a gesture may see. */
export interface World {
  readonly image: Size;
  readonly stage: Size;
  readonly view: View;
  readonly boxes: readonly BoxAnnotation[];
  readonly selected: BoxAnnotation | null;
  /** The selection was made on purpose: only such a box is moved by a drag while one draws. */
  readonly picked: boolean;
  /** More than that one is selected. */
  readonly several: boolean;
  readonly tool: Tool;
  /** Space is held, or the middle button. */
  readonly panHeld: boolean;
  readonly editable: boolean;
}

/** What a gesture asks for. */
export type Effect =
  | { readonly do: "select"; readonly id: string | null }
  | { readonly do: "toggle"; readonly id: string }
  | { readonly do: "frame"; readonly box: Box }
  | { readonly do: "create"; readonly box: Box }
  | { readonly do: "reshape"; readonly id: string; readonly box: Box }
  | { readonly do: "view"; readonly view: View };

export type Step = readonly [Gesture, ...Effect[]];

/** The box a gesture holds in its hand, which the picture shows instead of the saved one. */
export function inHand(gesture: Gesture): { id: string | null; box: Box } | null {
  if (gesture.kind === "drawing" || gesture.kind === "placing") return { id: null, box: gesture.box };
  if (gesture.kind === "pressed" && gesture.armed) return { id: null, box: gesture.armed.box };
  if (gesture.kind === "moving" || gesture.kind === "resizing") return { id: gesture.id, box: gesture.box };
  return null;
}

export function asBox(annotation: Annotation | null | undefined): BoxAnnotation | null {
  return annotation?.box ? (annotation as BoxAnnotation) : null;
}

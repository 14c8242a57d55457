/**
 * Points, sizes and boxes: in pixels of the EXIF-oriented image, or in CSS pixels of the stage, origin top left.
 * `unit` never has a value. It keeps the two apart for the compiler; only `viewport` converts.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ImagePoint extends Point {
  readonly unit?: "image";
}

export interface StagePoint extends Point {
  readonly unit?: "stage";
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Sides {
  readonly x_min: number;
  readonly y_min: number;
  readonly x_max: number;
  readonly y_max: number;
}

/** On the image: what an annotation carries. */
export interface Box extends Sides {
  readonly unit?: "image";
}

export interface StageBox extends Sides {
  readonly unit?: "stage";
}

/** A corner or a side by its compass direction; north is up. */
export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

export const CORNERS: readonly Handle[] = ["nw", "ne", "se", "sw"];
export const SIDES: readonly Handle[] = ["n", "e", "s", "w"];

/** The shortest side a box may have, in image pixels. */
export const MIN_SIDE = 1;

export function width(box: Sides): number {
  return box.x_max - box.x_min;
}

export function height(box: Sides): number {
  return box.y_max - box.y_min;
}

export function area(box: Sides): number {
  return width(box) * height(box);
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

export function clampPoint(point: ImagePoint, image: Size): ImagePoint {
  return { x: clamp(point.x, 0, image.width), y: clamp(point.y, 0, image.height) };
}

export function contains(box: Sides, point: Point): boolean {
  return point.x >= box.x_min && point.x <= box.x_max && point.y >= box.y_min && point.y <= box.y_max;
}

export function middleOf(box: Box): ImagePoint {
  return { x: (box.x_min + box.x_max) / 2, y: (box.y_min + box.y_max) / 2 };
}

export function sameBox(a: Box, b: Box): boolean {
  return a.x_min === b.x_min && a.y_min === b.y_min && a.x_max === b.x_max && a.y_max === b.y_max;
}

/** The box with two opposite corners, inside the image. */
export function spanning(a: ImagePoint, b: ImagePoint, image: Size): Box {
  const from = clampPoint(a, image);
  const to = clampPoint(b, image);
  return {
    x_min: Math.min(from.x, to.x),
    y_min: Math.min(from.y, to.y),
    x_max: Math.max(from.x, to.x),
    y_max: Math.max(from.y, to.y),
  };
}

/** Hundredths of a pixel: finer than any hand, and the same number after a trip through JSON. */
export function rounded(box: Box): Box {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    x_min: round(box.x_min),
    y_min: round(box.y_min),
    x_max: round(box.x_max),
    y_max: round(box.y_max),
  };
}

/** Moves a box, stopping at the image's edges; its size stays. */
export function moved(box: Box, dx: number, dy: number, image: Size): Box {
  const x = clamp(box.x_min + dx, 0, Math.max(0, image.width - width(box)));
  const y = clamp(box.y_min + dy, 0, Math.max(0, image.height - height(box)));
  return { x_min: x, y_min: y, x_max: x + width(box), y_max: y + height(box) };
}

interface Span {
  low: number;
  high: number;
  flipped: boolean;
}

/** One axis of a resize: the dragged end goes to `end`, the other stays at `fixed`; they may change sides. */
function dragEnd(fixed: number, end: number, wasHigh: boolean, limit: number): Span {
  const at = clamp(end, 0, limit);
  const isHigh = at === fixed ? wasHigh : at > fixed;
  const roomy = Math.abs(at - fixed) < MIN_SIDE ? fixed + (isHigh ? MIN_SIDE : -MIN_SIDE) : at;
  const safe = roomy < 0 || roomy > limit ? fixed + (isHigh ? -MIN_SIDE : MIN_SIDE) : roomy;
  return { low: Math.min(fixed, safe), high: Math.max(fixed, safe), flipped: isHigh !== wasHigh };
}

const FLIP_X: Record<string, string> = { w: "e", e: "w", n: "n", s: "s" };
const FLIP_Y: Record<string, string> = { n: "s", s: "n", w: "w", e: "e" };

function flip(handle: Handle, table: Record<string, string>): Handle {
  return [...handle].map((letter) => table[letter]).join("") as Handle;
}

/** Drags a handle by an image distance. Dragged through the opposite edge, box and handle flip over. */
export function resized(
  box: Box,
  handle: Handle,
  dx: number,
  dy: number,
  image: Size,
): { box: Box; handle: Handle } {
  let { x_min, y_min, x_max, y_max } = box;
  let now = handle;
  if (handle.includes("w") || handle.includes("e")) {
    const east = handle.includes("e");
    const span = dragEnd(east ? x_min : x_max, (east ? x_max : x_min) + dx, east, image.width);
    [x_min, x_max] = [span.low, span.high];
    if (span.flipped) now = flip(now, FLIP_X);
  }
  if (handle.includes("n") || handle.includes("s")) {
    const south = handle.includes("s");
    const span = dragEnd(south ? y_min : y_max, (south ? y_max : y_min) + dy, south, image.height);
    [y_min, y_max] = [span.low, span.high];
    if (span.flipped) now = flip(now, FLIP_Y);
  }
  return { box: { x_min, y_min, x_max, y_max }, handle: now };
}

/** Where a handle sits on its box. */
export function handlePoint(box: Sides, handle: Handle): Point {
  const x = along(box.x_min, box.x_max, handle.includes("w"), handle.includes("e"));
  const y = along(box.y_min, box.y_max, handle.includes("n"), handle.includes("s"));
  return { x, y };
}

function along(low: number, high: number, atLow: boolean, atHigh: boolean): number {
  if (atLow) return low;
  return atHigh ? high : (low + high) / 2;
}

/** The nearest box that lies within the image and is at least MIN_SIDE wide and high. */
export function fitted(box: Box, image: Size): Box {
  const wide = clamp(width(box), MIN_SIDE, image.width);
  const high = clamp(height(box), MIN_SIDE, image.height);
  const grown = { ...box, x_max: box.x_min + wide, y_max: box.y_min + high };
  return rounded(moved(grown, 0, 0, image));
}

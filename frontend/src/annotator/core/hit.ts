/** What lies under a point of the stage. */
import type { BoxAnnotation } from "./annotation";
import {
  area,
  CORNERS,
  contains,
  distance,
  type Handle,
  handlePoint,
  height,
  type ImagePoint,
  type Sides,
  type StageBox,
  type StagePoint,
  width,
} from "./geometry";
import { boxToStage, toImage, type View } from "./viewport";

export type PointerKind = "mouse" | "touch" | "pen";

export type Hit =
  | { readonly on: "handle"; readonly id: string; readonly handle: Handle }
  | { readonly on: "box"; readonly ids: readonly string[] }
  | { readonly on: "nothing" };

/** How far from a corner it still answers, in screen pixels: a 44 px target for fingers. */
const CORNER_REACH: Record<PointerKind, number> = { mouse: 8, pen: 10, touch: 22 };
/** How far from a side it still answers; fingers only get corners. */
const SIDE_REACH: Record<PointerKind, number> = { mouse: 5, pen: 5, touch: 0 };

export function hitTest(
  view: View,
  boxes: readonly BoxAnnotation[],
  selected: BoxAnnotation | null,
  at: StagePoint,
  kind: PointerKind,
): Hit {
  const handle = selected && handleAt(boxToStage(view, selected.box), at, kind);
  if (selected && handle) return { on: "handle", id: selected.id, handle };
  const ids = under(boxes, toImage(view, at), 3 / view.scale);
  return ids.length > 0 ? { on: "box", ids } : { on: "nothing" };
}

/** Ids of the boxes under an image point, smallest first, so that a small box on a large one can be picked. */
export function under(boxes: readonly BoxAnnotation[], point: ImagePoint, slack: number): string[] {
  return boxes
    .filter(({ box }) => contains(grown(box, slack), point))
    .sort((a, b) => area(a.box) - area(b.box) || (a.id < b.id ? 1 : -1))
    .map((one) => one.id);
}

function grown(box: Sides, by: number): Sides {
  return { x_min: box.x_min - by, y_min: box.y_min - by, x_max: box.x_max + by, y_max: box.y_max + by };
}

/** A box with a shorter side than this, in screen pixels, has its handles outside. */
const ROOM: Record<PointerKind, number> = { mouse: 40, pen: 40, touch: 88 };
/** So far outside: half a handle, and a gap. */
const OUTSIDE: Record<PointerKind, number> = { mouse: 6, pen: 6, touch: 12 };

function isSmall(box: StageBox, kind: PointerKind): boolean {
  return Math.min(width(box), height(box)) < ROOM[kind];
}

/** Where the handles of a box sit: on it, or around it where they would cover it. */
export function grips(box: StageBox, kind: PointerKind): StageBox {
  return isSmall(box, kind) ? grown(box, OUTSIDE[kind]) : box;
}

/** The handle of a selected box (in pixels of the stage) under a point. All of a small box is its middle. */
export function handleAt(box: StageBox, at: StagePoint, kind: PointerKind): Handle | null {
  if (isSmall(box, kind) && contains(box, at)) return null;
  const around = grips(box, kind);
  const near = CORNERS.map((handle) => ({ handle, far: distance(handlePoint(around, handle), at) }))
    .filter(({ far }) => far <= CORNER_REACH[kind])
    .sort((a, b) => a.far - b.far);
  return near[0]?.handle ?? sideAt(box, at, SIDE_REACH[kind]);
}

function sideAt(box: StageBox, at: StagePoint, reach: number): Handle | null {
  if (reach === 0 || !contains(grown(box, reach), at)) return null;
  const sides: [Handle, number][] = [
    ["w", Math.abs(at.x - box.x_min)],
    ["e", Math.abs(at.x - box.x_max)],
    ["n", Math.abs(at.y - box.y_min)],
    ["s", Math.abs(at.y - box.y_max)],
  ];
  const [handle, far] = sides.reduce((best, side) => (side[1] < best[1] ? side : best));
  return far <= reach ? handle : null;
}

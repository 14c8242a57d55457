/** Which boxes of the model meet which true boxes, at one score and one overlap. Pure. */

import { area, type Sides } from "../../../annotator/core/geometry";

export interface LabelledBox extends Sides {
  readonly label: string;
}

export interface TrueBox extends LabelledBox {
  /** Around several objects: it need not be found, and what lies in it is not wrong. */
  readonly crowd?: boolean;
}

export interface FoundBox extends LabelledBox {
  readonly score: number;
}

export interface BoxMatch {
  /** Pairs of one true box and the box that found it. */
  readonly found: number;
  readonly missed: readonly TrueBox[];
  /** Boxes of the model where nothing of that label is. */
  readonly wrong: readonly FoundBox[];
}

/** Overlap from which a box counts as found: what AP50 asks. */
const MATCH_OVERLAP = 0.5;

/** Best score first takes the true box of its label that it overlaps most, as COCO's evaluation does. */
export function matchBoxes(
  truth: readonly TrueBox[],
  detections: readonly FoundBox[],
  scoreFrom: number,
): BoxMatch {
  const open = new Set(truth.filter((box) => !box.crowd));
  const count = open.size;
  const wrong: FoundBox[] = [];
  const shown = detections.filter((box) => box.score >= scoreFrom);
  for (const box of shown.sort((a, b) => b.score - a.score)) {
    const partner = bestPartner(box, open);
    if (partner) open.delete(partner);
    else if (!truth.some((crowd) => liesIn(box, crowd))) wrong.push(box);
  }
  return { found: count - open.size, missed: [...open], wrong };
}

/** Intersection over union of two boxes, 0 where they do not touch. */
export function overlap(a: Sides, b: Sides): number {
  const shared = sharedArea(a, b);
  return shared && shared / (area(a) + area(b) - shared);
}

function sharedArea(a: Sides, b: Sides): number {
  const width = Math.min(a.x_max, b.x_max) - Math.max(a.x_min, b.x_min);
  const height = Math.min(a.y_max, b.y_max) - Math.max(a.y_min, b.y_min);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

function liesIn(box: FoundBox, crowd: TrueBox): boolean {
  if (!crowd.crowd || crowd.label !== box.label) return false;
  return sharedArea(box, crowd) >= MATCH_OVERLAP * area(box);
}

function bestPartner(box: FoundBox, open: Set<TrueBox>): TrueBox | null {
  let best: TrueBox | null = null;
  let most = MATCH_OVERLAP;
  for (const candidate of open) {
    const shared = candidate.label === box.label ? overlap(candidate, box) : 0;
    if (shared >= most) {
      best = candidate;
      most = shared;
    }
  }
  return best;
}

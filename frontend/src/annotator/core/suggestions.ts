/** What a model suggests beside the annotations: open until a person takes it, draws the same, or puts it away. */
import type { Annotation, BoxAnnotation } from "./annotation";
import type { Document } from "./document";
import { area, type Box } from "./geometry";

/** A box with the model's score; taken, it becomes an annotation under the same id. */
export interface Suggestion extends BoxAnnotation {
  readonly score: number;
}

/** A label of the whole image with the model's score; taken, it becomes the image's under the same id. */
export interface Guess extends Annotation {
  readonly score: number;
}

/** IoU beyond which a box shows the same thing as a suggestion. */
const COVERED = 0.5;

/** Of one image, best first; `from` is the least score that is shown. `guesses`: where whole images are labelled. */
export interface Suggested {
  readonly all: readonly Suggestion[];
  readonly guesses?: readonly Guess[];
  readonly from: number;
}

export const NOTHING_SUGGESTED: Suggested = { all: [], from: 0 };

export function overlap(a: Box, b: Box): number {
  const wide = Math.min(a.x_max, b.x_max) - Math.max(a.x_min, b.x_min);
  const high = Math.min(a.y_max, b.y_max) - Math.max(a.y_min, b.y_min);
  if (wide <= 0 || high <= 0) return 0;
  const shared = wide * high;
  return shared / (area(a) + area(b) - shared);
}

/** Those that are shown: good enough, not taken, and not covered by a box of the image. */
export function openSuggestions(document: Document, suggested: Suggested): readonly Suggestion[] {
  if (suggested.all.length === 0) return suggested.all;
  const known = found.get(document.annotations);
  if (known?.suggested === suggested && known.rejected === document.rejected) return known.open;
  const boxes = [...document.annotations.values()].flatMap(({ box }) => box ?? []);
  const open = suggested.all.filter(
    ({ id, score, box }) =>
      score >= suggested.from &&
      !document.annotations.has(id) &&
      !document.rejected.has(id) &&
      !boxes.some((other) => overlap(box, other) > COVERED),
  );
  found.set(document.annotations, { suggested, rejected: document.rejected, open });
  return open;
}

/** Sought once a document, not once a movement of the pointer. */
const found = new WeakMap<
  Document["annotations"],
  {
    readonly suggested: Suggested;
    readonly rejected: Document["rejected"];
    readonly open: readonly Suggestion[];
  }
>();

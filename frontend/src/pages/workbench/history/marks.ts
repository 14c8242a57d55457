/** What an entry changed, as marks on the picture. */
import type { Box } from "../../../annotator/core/geometry";
import type { RevisedAnnotation } from "../../../api/types";
import { type Entry, isMarked, isMoved, isRelabelled, type RowChange, type Rows } from "./revisions";

export type MarkKind = "added" | "removed" | "moved" | "changed";

export interface Mark {
  readonly kind: MarkKind;
  readonly box: Box;
  /** Where a moved box was. */
  readonly was: Box | null;
  readonly text: string;
  readonly detail: string;
}

export interface Diff {
  readonly marks: readonly Mark[];
  /** The boxes that stayed as they were. */
  readonly rest: readonly Box[];
}

/** `rows`: what stood after it. */
export function diffOf({ changes }: Entry, rows: Rows): Diff {
  const changed = new Set(changes.map(({ id }) => id));
  const rest = [...rows.values()].filter(({ id }) => !changed.has(id));
  return { marks: changes.flatMap(marksOf), rest: rest.flatMap((row) => boxOf(row) ?? []) };
}

function boxOf({ x_min, y_min, x_max, y_max }: RevisedAnnotation): Box | null {
  if (x_min === undefined || y_min === undefined || x_max === undefined || y_max === undefined) return null;
  return { x_min, y_min, x_max, y_max };
}

function marksOf({ before, after }: RowChange): Mark[] {
  const [was, now] = [before && boxOf(before), after && boxOf(after)];
  if (before && after && was && now) return [markOf(before, after, was, now)];
  if (after && now)
    return [{ kind: "added", box: now, was: null, text: `+ ${after.label_name}`, detail: "" }];
  if (before && was)
    return [{ kind: "removed", box: was, was: null, text: `− ${before.label_name}`, detail: "deleted" }];
  return [];
}

function markOf(before: RevisedAnnotation, after: RevisedAnnotation, was: Box, box: Box): Mark {
  const moved = isMoved(before, after);
  const marked = isMarked(before, after);
  const text = isRelabelled(before, after) ? `${before.label_name} → ${after.label_name}` : after.label_name;
  const detail = [moved && "moved", marked && "marked"].filter(Boolean).join(", ");
  return { kind: moved ? "moved" : "changed", box, was: moved ? was : null, text, detail };
}

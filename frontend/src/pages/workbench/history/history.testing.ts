/** Revisions as the server tells them, for tests. */
import type { RevisedAnnotation, Revision } from "../../../api/types";

export const ANA = { id: 1, name: "Ana" };
export const BEN = { id: 2, name: "Ben" };

/** A box of 10 × 10 pixels. */
export function row(id: string, more: Partial<RevisedAnnotation> & { x?: number } = {}): RevisedAnnotation {
  const { x = 0, ...fields } = more;
  const box = { x_min: x, y_min: 0, x_max: x + 10, y_max: 10 };
  return { id, label: 10, label_name: "cat", source: "human", ...box, ...fields };
}

/** `minute`: after 12:00. */
export function revision(number: number, more: Partial<Revision> & { minute?: number } = {}): Revision {
  const { minute = number, ...fields } = more;
  return {
    number,
    author: ANA,
    created_at: new Date(Date.UTC(2026, 10, 23, 12, minute)).toISOString(),
    queue: "unlabelled",
    skip_reason: "",
    upserted: [],
    deleted: [],
    merged_label: "",
    restored: null,
    ...fields,
  };
}

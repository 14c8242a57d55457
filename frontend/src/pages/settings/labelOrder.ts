import type { Label } from "../../api/types";

/** The labels with the one at `from` moved to `to`. */
export function reordered(labels: readonly Label[], from: number, to: number): Label[] {
  const next = [...labels];
  const [label] = next.splice(from, 1);
  if (label) next.splice(Math.max(0, Math.min(next.length, to)), 0, label);
  return next;
}

/** The positions that have to be saved so that the server's order becomes this one. */
export function changedPositions(labels: readonly Label[]): { id: number; position: number }[] {
  const base = Math.min(...labels.map((label) => label.position), 0);
  return labels
    .map((label, index) => ({ id: label.id, position: base + index, was: label.position }))
    .filter((label) => label.position !== label.was)
    .map(({ id, position }) => ({ id, position }));
}

import type { Snapshot } from "../api/types";

/** Whether it holds all images of its project. A part is there to be taken away: runs need the whole. */
export const isWhole = (snapshot: Pick<Snapshot, "filter">): boolean =>
  Object.keys(snapshot.filter).length === 0;

/** "labelled, label cat" of "v7: labelled, label cat"; empty for a whole one. */
export const partName = (snapshot: Pick<Snapshot, "name">): string =>
  snapshot.name.split(": ").slice(1).join(": ");

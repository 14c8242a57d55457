/** What is labelled now and not yet in a snapshot. Pure. */

interface Counts {
  readonly labelled: number;
  readonly review: number;
  readonly done: number;
  readonly annotations: number;
}

interface Frozen {
  readonly labelled_count: number;
  readonly box_count: number;
}

export interface Since {
  /** Images with labels now, in the queues that training uses. */
  readonly labelledNow: number;
  /** Net change of labelled images and of annotations since the snapshot. */
  readonly images: number;
  readonly annotations: number;
}

export function sinceSnapshot(counts: Counts, latest: Frozen | null): Since {
  const labelledNow = counts.labelled + counts.review + counts.done;
  return {
    labelledNow,
    images: labelledNow - (latest?.labelled_count ?? 0),
    annotations: counts.annotations - (latest?.box_count ?? 0),
  };
}

/** Whether the counts alone prove that a new snapshot would differ. */
export const hasChanged = (since: Since): boolean => since.images !== 0 || since.annotations !== 0;

/** "+58", "−2", "0": signed with a real minus. */
export function signed(change: number): string {
  const size = Math.abs(change).toLocaleString("en");
  if (change === 0) return "0";
  return change > 0 ? `+${size}` : `−${size}`;
}

import type { Queue } from "../../api/types";

/** A queue's name, and what stands behind a number of images that are in it. */
export const QUEUE_NAMES: Record<Queue, { readonly name: string; readonly left: string }> = {
  unlabelled: { name: "Unlabelled", left: "left to label" },
  labelled: { name: "Labelled", left: "labelled" },
  review: { name: "Review", left: "to review" },
  done: { name: "Done", left: "done" },
  skipped: { name: "Skipped", left: "skipped" },
};

export function queueOf(text: string | null): Queue {
  return text !== null && text in QUEUE_NAMES ? (text as Queue) : "unlabelled";
}

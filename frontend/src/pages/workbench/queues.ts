import type { Queue, Role } from "../../api/types";

/** A queue's name, and the words after its number of images: "12 left to label". */
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

/** From, to, and the lowest role that may move an image so. A test compares it with docs/api.md. */
export const MOVES: readonly (readonly [Queue, Queue, Role])[] = [
  ["unlabelled", "labelled", "annotator"],
  ["unlabelled", "skipped", "annotator"],
  ["labelled", "unlabelled", "annotator"],
  ["labelled", "review", "annotator"],
  ["labelled", "skipped", "annotator"],
  ["labelled", "done", "manager"],
  ["review", "labelled", "annotator"],
  ["review", "done", "manager"],
  ["done", "labelled", "manager"],
  ["done", "review", "manager"],
  ["skipped", "unlabelled", "annotator"],
  ["skipped", "labelled", "annotator"],
];

export function roleFor(from: Queue, to: Queue): Role | null {
  return MOVES.find(([before, after]) => before === from && after === to)?.[2] ?? null;
}

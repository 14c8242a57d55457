/** What differs from task to task. A new task does not compile until it has its row. */
import type { Parity, Run, Task } from "../api/types";
import { fraction, percent } from "../ui/figures";

export interface Metric {
  readonly key: keyof Run["metrics"];
  readonly title: string;
}

/** The metric a task is judged by. `text` writes a value that stands in a sentence or on a card. */
interface Headline extends Metric {
  readonly text: (value: number) => string;
}

interface TaskRow {
  readonly name: string;
  /** One sentence for who chooses a task. */
  readonly hint: string;
  /** Whether an annotation is a box; otherwise it labels the whole image. */
  readonly hasBoxes: boolean;
  /** Title over a number of annotations. */
  readonly annotations: string;
  /** What the annotations of one label are counted in. */
  readonly unit: string;
  /** An annotation, one and many. */
  readonly counted: readonly [one: string, many: string];
  /** What a model suggests. */
  readonly suggested: string;
  readonly headline: Headline;
  readonly second: Metric;
}

export const TASKS: Readonly<Record<Task, TaskRow>> = {
  detection: {
    name: "Detection",
    hint: "Boxes around things: where and what.",
    hasBoxes: true,
    annotations: "Boxes",
    unit: "boxes",
    counted: ["box", "boxes"],
    suggested: "boxes",
    headline: { key: "AP", title: "AP", text: fraction },
    second: { key: "AP50", title: "AP50" },
  },
  classification: {
    name: "Classification",
    hint: "One label for the whole image: what it shows.",
    hasBoxes: false,
    annotations: "Annotations",
    unit: "images",
    counted: ["annotation", "annotations"],
    suggested: "labels",
    headline: { key: "accuracy", title: "Accuracy", text: percent },
    second: { key: "macro_f1", title: "Macro F1" },
  },
};

/** In the order in which they are offered. */
export const TASK_NAMES = Object.keys(TASKS) as Task[];

/** Of all tasks. A run and an artifact carry the metric of their task, not its name. */
export const HEADLINES: readonly Headline[] = Object.values(TASKS).map((task) => task.headline);

export function metricTitle(key: Parity["metric"]): string {
  return HEADLINES.find((metric) => metric.key === key)?.title ?? key;
}

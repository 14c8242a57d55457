/** How sure the numbers of few images are, in words. Pure. */

import type { Comparison, Evaluation, Interval } from "../../../api/types";
import { counted, fraction } from "../../../ui/figures";
import { changeText } from "./figureChanges";

type Changes = Comparison["changes"];
type Change = NonNullable<Changes[keyof Changes]>;

export interface Measured {
  readonly key: string;
  readonly title: string;
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** The numbers that have an interval, the headline first. */
export function measured(evaluation: Evaluation): Measured[] {
  switch (evaluation.task) {
    case "detection":
      return [
        number("AP", "AP", evaluation.coco.AP, evaluation.intervals?.AP),
        number("AP50", "AP50", evaluation.coco.AP50, evaluation.intervals?.AP50),
      ];
    case "classification":
      return [
        number("accuracy", "Accuracy", evaluation.accuracy, evaluation.intervals?.accuracy),
        number("macro_f1", "Macro F1", evaluation.macro_f1, evaluation.intervals?.macro_f1),
      ];
  }
}

/** "0.67 (0.60–0.73 with 38 images)"; without an interval "0.67 with 1 image". */
export function intervalText({ value, interval }: Measured, images: number): string {
  const seen = `with ${counted(images, "image")}`;
  if (!interval) return `${fraction(value, 2)} ${seen}`;
  return `${fraction(value, 2)} (${fraction(interval.low, 2)}–${fraction(interval.high, 2)} ${seen})`;
}

export type Verdict = "better" | "worse" | "unclear";

/** Better or worse only where the whole interval says so. */
export function verdict(change: Pick<Change, "low" | "high">): Verdict {
  if (change.low > 0) return "better";
  return change.high < 0 ? "worse" : "unclear";
}

/** "Better than run 7: AP +0.041 (+0.010 to +0.070) on the same 38 images". */
export function verdictText(title: string, change: Change, images: number, other: number): string {
  const said = { better: "Better than", worse: "Worse than", unclear: "No clear difference to" }[
    verdict(change)
  ];
  const range = `${changeText(change.low)} to ${changeText(change.high)}`;
  return `${said} run ${other}: ${title} ${changeText(change.change)} (${range}) on the same ${counted(images, "image")}`;
}

/** The numbers whose change is no accident, as far as the same images can say. */
export function clearChanges(comparison: Comparison | null): ReadonlySet<string> {
  const changes = Object.entries(comparison?.changes ?? {});
  return new Set(
    changes.filter(([, change]) => change && verdict(change) !== "unclear").map(([name]) => name),
  );
}

function number(key: string, title: string, value: number | null, interval?: Interval | null): Measured {
  return { key, title, value, interval: interval ?? null };
}

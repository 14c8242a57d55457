import type { Run } from "../../api/types";
import { HEADLINES } from "../tasks";

/** The run's one figure: "AP 0.612" or "Accuracy 94.1 %". */
export function runFigure(run: Pick<Run, "metrics">): { name: string; value: string } | null {
  for (const { key, title, text } of HEADLINES) {
    const value = run.metrics[key];
    if (typeof value === "number") return { name: title, value: text(value) };
  }
  return null;
}

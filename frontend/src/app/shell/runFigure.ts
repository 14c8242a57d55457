import type { Run } from "../../api/types";
import { fraction, percent } from "../../ui/figures";

/** The run's one figure: "AP 0.612" or "Accuracy 94.1 %". */
export function runFigure(run: Run): { name: string; value: string } | null {
  if (typeof run.metrics.AP === "number") return { name: "AP", value: fraction(run.metrics.AP) };
  if (typeof run.metrics.accuracy === "number")
    return { name: "Accuracy", value: percent(run.metrics.accuracy) };
  return null;
}

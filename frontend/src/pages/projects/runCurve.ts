import type { Run } from "../../api/types";

export interface CurvePoint {
  x: number;
  y: number;
}

/** A metric of each succeeded run, oldest first; the runs come newest first. */
export function curveOf(runs: readonly Run[], metric: keyof Run["metrics"]): CurvePoint[] {
  return [...runs].reverse().flatMap((run) => {
    const value = run.metrics[metric];
    return run.status === "succeeded" && typeof value === "number" ? [{ x: run.number, y: value }] : [];
  });
}

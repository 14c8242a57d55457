import type { Run } from "../../api/types";

export interface CurvePoint {
  x: number;
  y: number;
}

/** The figure of each succeeded run, oldest first; the runs come newest first. */
export function curveOf(runs: readonly Run[]): CurvePoint[] {
  return [...runs].reverse().flatMap((run) => {
    const figure = run.metrics.AP ?? run.metrics.accuracy;
    return run.status === "succeeded" && typeof figure === "number" ? [{ x: run.number, y: figure }] : [];
  });
}

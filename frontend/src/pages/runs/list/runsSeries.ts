import type { MetricName, Run } from "../../../api/types";
import type { Series } from "../../../plots/series";

/** One point a run that has the score, oldest first. */
export function runsSeries(runs: readonly Run[], key: string, title: string): Series[] {
  const points = runs
    .filter((run) => run.status === "succeeded" && run.metrics[key as MetricName] != null)
    .map((run) => ({ x: run.number, y: run.metrics[key as MetricName] ?? null }))
    .sort((a, b) => a.x - b.x);
  return points.length > 0 ? [{ name: title, look: "main", points }] : [];
}

/** The run with the highest score. */
export function bestRun(runs: readonly Run[], key: string): Run | null {
  const scored = runs.filter((run) => run.status === "succeeded" && run.metrics[key as MetricName] != null);
  const score = (run: Run) => run.metrics[key as MetricName] ?? 0;
  return scored.reduce<Run | null>((best, run) => (best && score(best) >= score(run) ? best : run), null);
}

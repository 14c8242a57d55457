import type { Run } from "../../../api/types";
import type { Metric } from "../../../app/tasks";
import type { Series } from "../../../plots/series";

/** One point a run that has the score, oldest first. */
export function runsSeries(runs: readonly Run[], { key, title }: Metric): Series[] {
  const points = runs
    .filter((run) => run.status === "succeeded" && scoreIn(run, key) !== null)
    .map((run) => ({ x: run.number, y: scoreIn(run, key) }))
    .sort((a, b) => a.x - b.x);
  return points.length > 0 ? [{ name: title, look: "main", points }] : [];
}

/** The run with the highest score. */
export function bestRun(runs: readonly Run[], key: Metric["key"]): Run | null {
  const scored = runs.filter((run) => run.status === "succeeded" && scoreIn(run, key) !== null);
  const score = (run: Run) => scoreIn(run, key) ?? 0;
  return scored.reduce<Run | null>((best, run) => (best && score(best) >= score(run) ? best : run), null);
}

function scoreIn(run: Run, key: Metric["key"]): number | null {
  return run.metrics[key] ?? null;
}

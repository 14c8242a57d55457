import type { Model, Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { navigate } from "../../../app/router";
import type { Metric } from "../../../app/tasks";
import type { DataPoint } from "../../../plots/series";
import { Sparkline } from "../../../plots/sparkline";
import { Badge, StatusBadge } from "../../../ui/badge";
import { ago, counted, duration, fraction } from "../../../ui/figures";
import { Bar } from "../../../ui/progress";
import { isLive, shareDone } from "../runProgress";
import { baseText, modelTitle, tookText } from "../runTexts";

interface RunRowProps {
  run: Run;
  models: readonly Model[] | null;
  isBest: boolean;
  score: Metric;
  /** Its curve; null until it is here. */
  points: readonly DataPoint[] | null;
  /** The highest score of all curves in the table. */
  ceiling: number;
  second: Metric;
}

/** One run in the table; the whole row opens it, its link does for keys. */
export function RunRow({ run, models, isBest, score, points, ceiling, second }: RunRowProps) {
  const { project } = useProject();
  const href = `/p/${project.value.slug}/runs/${run.number}`;
  return (
    <tr
      class="can"
      onClick={(event) => !(event.target as Element).closest("a") && navigate(href)}
      data-testid={`run-${run.number}`}
    >
      <th scope="row">
        <a href={href}>Run {run.number}</a>
      </th>
      <td>
        <span class="row">
          <StatusBadge status={run.status} />
          {isBest && <Badge>Best</Badge>}
        </span>
        {run.status === "running" && (
          <Bar
            value={Math.round(shareDone(run) * 100)}
            max={100}
            label={`Run ${run.number}, percent done`}
            live
          />
        )}
      </td>
      <td class="wide-only">v{run.snapshot.number}</td>
      <td class="wide-only">
        {modelTitle(models, run.model)} <span class="faint">{baseText(run)}</span>
      </td>
      <td class="wide-only spark-cell">
        {points && points.length > 1 && (
          <Sparkline
            points={points}
            ceiling={ceiling}
            summary={`${score.title} over ${counted(points.length, "epoch")}`}
          />
        )}
      </td>
      <td class="num">
        <b>{fraction(run.metrics[score.key])}</b>
      </td>
      <td class="num wide-only">{fraction(run.metrics[second.key])}</td>
      <td class="num wide-only">{timeText(run) ?? "–"}</td>
      <td class="wide-only dim">
        {ago(run.started_at ?? run.created_at)}
        {run.created_by ? `, ${run.created_by.name}` : ""}
      </td>
    </tr>
  );
}

/** How long it still takes, or took; null where that is not known. */
function timeText(run: Run): string | null {
  if (!isLive(run.status)) return tookText(run);
  return run.eta_seconds === null ? null : `${duration(run.eta_seconds)} left`;
}

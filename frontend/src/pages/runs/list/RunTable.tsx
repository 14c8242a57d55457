import { Fragment } from "preact";
import type { Model, Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { navigate } from "../../../app/router";
import { Badge, StatusBadge } from "../../../ui/badge";
import { SearchField } from "../../../ui/field";
import { ago, duration, fraction } from "../../../ui/figures";
import { Bar } from "../../../ui/progress";
import { scoreOf } from "../curves";
import { isLive, shareDone } from "../standing";
import { baseText, failureTitle, modelTitle, tookText } from "../wording";
import { bestRun } from "./runsSeries";

interface RunTableProps {
  runs: readonly Run[];
  models: readonly Model[] | null;
  search: string;
  onSearch: (text: string) => void;
}

export function RunTable({ runs, models, search, onSearch }: RunTableProps) {
  const { project } = useProject();
  const score = scoreOf(project.value.task);
  const best = bestRun(runs, score.key);
  const second = project.value.task === "detection" ? "AP50" : "macro_f1";
  const list = runs.filter((run) => searchText(run, models).includes(search.trim().toLowerCase()));
  return (
    <section class="panel" aria-label="Runs">
      <header>
        <div class="grow finder">
          <SearchField value={search} onText={onSearch} placeholder="Search runs" />
        </div>
      </header>
      <table class="runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col" class="wide-only">
              Snapshot
            </th>
            <th scope="col" class="wide-only">
              Model
            </th>
            <th scope="col" class="num">
              {score.title}
            </th>
            <th scope="col" class="num wide-only">
              {second === "AP50" ? "AP50" : "Macro F1"}
            </th>
            <th scope="col" class="num wide-only">
              Time
            </th>
            <th scope="col" class="wide-only">
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((run) => (
            <Fragment key={run.id}>
              <RunRow
                run={run}
                runs={runs}
                models={models}
                isBest={run === best && runs.length > 1}
                scoreKey={score.key}
                second={second}
              />
              {run.status === "failed" && (
                <tr class="note">
                  <td colSpan={8}>
                    <b>{failureTitle(run.error?.code ?? "")}.</b> {firstLine(run.error?.detail ?? "")}
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
      {list.length === 0 && <p class="body dim">No run matches "{search}".</p>}
    </section>
  );
}

interface RunRowProps {
  run: Run;
  runs: readonly Run[];
  models: readonly Model[] | null;
  isBest: boolean;
  scoreKey: string;
  second: string;
}

function RunRow({ run, runs, models, isBest, scoreKey, second }: RunRowProps) {
  const { project } = useProject();
  const href = `/p/${project.value.slug}/runs/${run.number}`;
  const metrics = run.metrics as Record<string, number | null | undefined>;
  const live = isLive(run.status);
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
        {modelTitle(models, run.model)} <span class="faint">{baseText(run.base, runs)}</span>
      </td>
      <td class="num">
        <b>{fraction(metrics[scoreKey])}</b>
      </td>
      <td class="num wide-only">{fraction(metrics[second])}</td>
      <td class="num wide-only">
        {live
          ? run.eta_seconds === null
            ? "–"
            : `${duration(run.eta_seconds)} left`
          : (tookText(run) ?? "–")}
      </td>
      <td class="wide-only dim">
        {ago(run.started_at ?? run.created_at)}
        {run.created_by ? `, ${run.created_by.name}` : ""}
      </td>
    </tr>
  );
}

function searchText(run: Run, models: readonly Model[] | null): string {
  return [
    `run ${run.number}`,
    run.status,
    `v${run.snapshot.number}`,
    modelTitle(models, run.model),
    run.created_by?.name,
  ]
    .join(" ")
    .toLowerCase();
}

/** A crash carries its last log lines: they belong on the run's page. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

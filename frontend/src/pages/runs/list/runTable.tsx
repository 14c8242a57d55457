import { Fragment } from "preact";
import type { Model, Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { extent } from "../../../plots/scale";
import { SearchField } from "../../../ui/field";
import { pointsOf } from "../curves";
import { failureTitle, modelTitle } from "../runTexts";
import { RunRow } from "./runRow";
import { bestRun } from "./runsSeries";
import { useCurves } from "./useCurves";

interface RunTableProps {
  runs: readonly Run[];
  models: readonly Model[] | null;
  search: string;
  onSearch: (text: string) => void;
}

export function RunTable({ runs, models, search, onSearch }: RunTableProps) {
  const { project } = useProject();
  const { headline: score, second } = TASKS[project.value.task];
  const best = bestRun(runs, score.key);
  const curves = useCurves(runs);
  const ceiling = extent([...curves.values()].flat().map((one) => one.values[score.key] ?? null))?.[1] ?? 1;
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
            <th scope="col" class="wide-only">
              <span class="vh">{score.title} by epoch</span>
            </th>
            <th scope="col" class="num">
              {score.title}
            </th>
            <th scope="col" class="num wide-only">
              {second.title}
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
                models={models}
                isBest={run === best && runs.length > 1}
                score={score}
                points={curves.get(run.id) ? pointsOf(curves.get(run.id) ?? [], score.key) : null}
                ceiling={ceiling}
                second={second}
              />
              {run.status === "failed" && (
                <tr class="note">
                  <td colSpan={9}>
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

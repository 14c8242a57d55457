import type { Run } from "../../api/types";
import { useProject } from "../../app/project";
import { runFigure } from "../../app/shell/runFigure";
import { StatusBadge } from "../../ui/badge";
import { ago } from "../../ui/figures";

/** The runs that were trained on one snapshot. */
export function RunsOfSnapshot({ runs }: { runs: readonly Run[] }) {
  const { project } = useProject();
  if (runs.length === 0) return null;
  return (
    <section class="panel" aria-label="Runs on this snapshot">
      <header>
        <h2>Runs on this snapshot</h2>
      </header>
      <ul class="run-links">
        {runs.map((run) => {
          const figure = runFigure(run);
          return (
            <li key={run.id}>
              <a href={`/p/${project.value.slug}/runs/${run.number}`}>
                <b>Run {run.number}</b>
                <StatusBadge status={run.status} />
                <span class="grow faint cut">{ago(run.created_at)}</span>
                {figure && (
                  <span>
                    {figure.name} <b>{figure.value}</b>
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

import type { Run } from "../../api/types";
import { count, duration } from "../../ui/figures";
import { Bar } from "../../ui/progress";
import { useProject } from "../project";
import { runFigure } from "./runFigure";

function NewestRun({ run }: { run: Run }) {
  const figure = runFigure(run);
  const working = run.status === "queued" || run.status === "running";
  return (
    <span>
      <span>
        Run {run.number}
        {run.status !== "succeeded" && `: ${run.status}`}
      </span>
      <br />
      {working && run.eta_seconds !== null ? (
        <b>{duration(run.eta_seconds)} left</b>
      ) : (
        figure && (
          <span>
            {figure.name} <b>{figure.value}</b>
          </span>
        )
      )}
    </span>
  );
}

/** Labelled of all, the newest run with its figure. */
export function ProjectStatus() {
  const { counts, latestRun, project } = useProject();
  const { images, skipped, labelled, review, done } = counts.value;
  const ready = labelled + review + done;
  const all = images - skipped;
  const run = latestRun.value;
  return (
    <div class="stand">
      {all > 0 && (
        <span class="meter">
          <span>
            <b>{count(ready)}</b> of {count(all)} labelled
          </span>
          <Bar value={ready} max={all} label="Labelled images" />
        </span>
      )}
      {run && (
        <a href={`/p/${project.value.slug}/runs/${run.number}`}>
          <NewestRun run={run} />
        </a>
      )}
    </div>
  );
}

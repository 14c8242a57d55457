import type { Run } from "../../api/types";
import { CancelButton } from "../../app/cancelButton";
import { useProject } from "../../app/project";
import { navigate } from "../../app/router";
import { useModels } from "../../training/useModels";
import { StatusBadge } from "../../ui/badge";
import { counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { ContinueButton } from "./continueButton";
import { RetrainButton } from "./retrainButton";
import { isLive } from "./runProgress";
import { baseText, modelTitle } from "./runTexts";

interface RunHeadProps {
  run: Run;
  put: (run: Run) => void;
}

/** What this run is, and the one thing to do with it. */
export function RunHead({ run, put }: RunHeadProps) {
  const { project, may } = useProject();
  const home = `/p/${project.value.slug}`;
  const models = useModels();
  const open = (next: Run) => navigate(`${home}/runs/${next.number}`);
  return (
    <header class="runhead">
      <a class="btn quiet icon" href={`${home}/runs`} aria-label="All runs" title="All runs">
        <Icon name="left" />
      </a>
      <h1>Run {run.number}</h1>
      <span data-testid="run-status" data-status={run.status}>
        <StatusBadge status={run.status} />
      </span>
      <p class="small dim grow">
        {modelTitle(models, run.model)}, {baseText(run)}
        <br />
        on snapshot{" "}
        <a class="link" href={`${home}/snapshots/${run.snapshot.number}`}>
          v{run.snapshot.number}
        </a>
        , {counted(run.snapshot.labelled_count, "image")}
        {run.sweep !== null && (
          <>
            , one of{" "}
            <a class="link" href={`${home}/runs/sweeps/${run.sweep}`}>
              a sweep
            </a>
          </>
        )}
      </p>
      <div class="row wraps acts">
        {isLive(run.status) && may("manager") && (
          <CancelButton<Run> at={`runs/${run.id}`} name="run" onCanceled={put} />
        )}
        {run.status === "succeeded" && may("manager") && (
          <>
            <ContinueButton run={run} onStarted={open} />
            <RetrainButton run={run} onStarted={open} />
          </>
        )}
      </div>
    </header>
  );
}

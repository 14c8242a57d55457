import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { Prediction } from "../api/types";
import { CancelButton } from "../app/cancelButton";
import { useProject } from "../app/project";
import { TASKS } from "../app/tasks";
import { Button } from "../ui/button";
import { count } from "../ui/figures";
import { Bar } from "../ui/progress";
import { toastError } from "../ui/toast";
import { usePrediction } from "./usePrediction";

interface SuggestButtonProps {
  /** The run that suggests; null: the last one that succeeded. */
  run: number | null;
  size?: "sm" | "md";
}

/** Has a run suggest boxes or labels for all unlabelled images; while one does, how far it is. */
export function SuggestButton({ run, size = "md" }: SuggestButtonProps) {
  const { project, counts, may } = useProject();
  const { prediction, put } = usePrediction();
  const [isBusy, setBusy] = useState(false);
  if (prediction && (prediction.status === "queued" || prediction.status === "running")) {
    return <Suggesting prediction={prediction} size={size} put={put} />;
  }
  if (!may("manager") || counts.value.unlabelled === 0) return null;
  const start = () => {
    setBusy(true);
    api
      .post<Prediction>(`projects/${project.value.id}/predictions/`, { run })
      .then(put, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <Button icon="sugg" size={size} busy={isBusy} onClick={start} data-testid="suggest-boxes">
      Suggest {TASKS[project.value.task].suggested}
    </Button>
  );
}

interface SuggestingProps {
  prediction: Prediction;
  size: "sm" | "md";
  put: (prediction: Prediction) => void;
}

function Suggesting({ prediction, size, put }: SuggestingProps) {
  const { may } = useProject();
  const { id, run_number, done_count, image_count, waiting_for } = prediction;
  return (
    <span class="row suggesting" data-testid="suggesting" title={waiting_for || undefined}>
      <span class="small dim nowrap">
        Run {run_number} suggests: {count(done_count)} of {count(image_count)}
      </span>
      <Bar value={done_count} max={image_count} label="Images looked at" live />
      {may("manager") && (
        <CancelButton<Prediction> at={`predictions/${id}`} name="suggestions" size={size} onCanceled={put} />
      )}
    </span>
  );
}

import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import type { RunEstimate } from "../api/types";
import { useProject } from "../app/project";
import { counted, duration } from "../ui/figures";
import { Icon } from "../ui/icons";
import { requestOf, type TrainForm } from "./trainForm";

const PAUSE_MS = 250; // while someone types

interface TrainCostProps {
  form: TrainForm;
  /** null: what is labelled now. */
  snapshot: number | null;
  isReady: boolean;
}

/** "240 images × 8 epochs, about 55 s", and what stands in the way. */
export function TrainCost({ form, snapshot, isReady }: TrainCostProps) {
  const { project } = useProject();
  const [estimate, setEstimate] = useState<RunEstimate | null>(null);
  const { model, config } = requestOf(form);
  const asked = JSON.stringify({ model, config, ...(snapshot === null ? {} : { snapshot }) });
  useEffect(() => {
    if (!isReady) return setEstimate(null);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api
        .post<RunEstimate>(`projects/${project.value.id}/runs/estimate/`, JSON.parse(asked), {
          signal: abort.signal,
        })
        .then(setEstimate)
        .catch(() => !abort.signal.aborted && setEstimate(null)); // a guess that fails must not stand in the way
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, isReady, project]);
  return (
    <>
      <p class="cost row" data-testid="train-cost" aria-live="polite">
        <Icon name="clock" />
        {estimate
          ? `${counted(estimate.images, "image")} × ${counted(estimate.epochs, "epoch")}, about ${duration(estimate.estimate_seconds)}`
          : "Estimating"}
      </p>
      {estimate?.advice && (
        <p class="cost row" data-testid="train-advice" aria-live="polite">
          <Icon name="warn" />
          {estimate.advice}
        </p>
      )}
    </>
  );
}

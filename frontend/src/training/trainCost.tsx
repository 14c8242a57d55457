import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import type { RunEstimate } from "../api/types";
import { useProject } from "../app/project";
import { counted, duration } from "../ui/figures";
import { Icon } from "../ui/icons";
import { stillText } from "./freeze";
import { requestOf, type TrainForm } from "./trainForm";

const PAUSE_MS = 250; // while someone types
const PLAIN = ["auto", "none"];

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
  const [fault, setFault] = useState("");
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
        .then((found) => {
          setEstimate(found);
          setFault("");
        })
        .catch((error) => {
          if (abort.signal.aborted) return;
          setEstimate(null);
          setFault(error instanceof ApiError && error.status === 400 ? sentence(error) : ""); // else: only a guess
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, isReady, project]);
  if (fault) {
    return (
      <p class="bad" role="alert">
        {fault}
      </p>
    );
  }
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
      {estimate?.transfer && form.base !== "none" && (
        <p class="small dim" data-testid="train-transfer" aria-live="polite">
          {estimate.transfer}
        </p>
      )}
      {estimate && form.base !== "none" && !PLAIN.includes(form.freeze) && <Still estimate={estimate} />}
    </>
  );
}

/** Which parameters do not learn. */
function Still({ estimate }: { estimate: RunEstimate }) {
  const { names, still_layers } = estimate.frozen;
  const more = still_layers - names.length;
  return (
    <details class="more" data-testid="train-still">
      <summary>{stillText(estimate)}</summary>
      <p class="small dim">
        {names.join(", ")}
        {more > 0 && ` and ${more} more`}
      </p>
    </details>
  );
}

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
  const asked = JSON.stringify({ ...requestOf(form), ...(snapshot === null ? {} : { snapshot }) });
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
        {estimate ? costText(estimate) : waitingText(isReady)}
      </p>
      {estimate && estimate.passes > 1 && (
        <p class="cost row" data-testid="train-passes" aria-live="polite">
          <Icon name="grid" />
          Looks at {estimate.passes} overlapping tiles of each image: measuring and predicting take{" "}
          {estimate.passes} times as long.
        </p>
      )}
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
      {estimate && form.base !== "none" && !PLAIN.includes(form.freeze) && <Still frozen={estimate.frozen} />}
    </>
  );
}

const costText = ({ images, epochs, estimate_seconds }: RunEstimate): string =>
  `${counted(images, "image")} × ${counted(epochs, "epoch")}, about ${duration(estimate_seconds)}`;

const waitingText = (isReady: boolean): string => (isReady ? "Estimating" : "No estimate yet");

/** Which parameters do not learn. */
function Still({ frozen }: Pick<RunEstimate, "frozen">) {
  if (!frozen)
    return <p class="small dim">The run's log says which parameters stay as they are: its worker counts.</p>;
  const { names, still_layers } = frozen;
  const more = still_layers - names.length;
  return (
    <details class="more" data-testid="train-still">
      <summary>{stillText(frozen)}</summary>
      <p class="small dim">
        {names.join(", ")}
        {more > 0 && ` and ${more} more`}
      </p>
    </details>
  );
}

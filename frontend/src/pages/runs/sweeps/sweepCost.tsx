import { useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import { ApiError, sentence } from "../../../api/errors";
import type { SweepEstimate } from "../../../api/types";
import { useProject } from "../../../app/project";
import { counted, duration } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";

const PAUSE_MS = 250; // while someone types

interface SweepCostProps {
  /** The body of the request; null while it can't be asked. */
  plan: object | null;
  onSlots: (hasSlots: boolean) => void;
}

/** "6 runs, about 12 min one after another". */
export function SweepCost({ plan, onSlots }: SweepCostProps) {
  const { id } = useProject().project.value;
  const [estimate, setEstimate] = useState<SweepEstimate | null>(null);
  const [fault, setFault] = useState("");
  const asked = plan && JSON.stringify(plan);
  useEffect(() => {
    setFault("");
    if (asked === null) return setEstimate(null);
    const abort = new AbortController();
    const ask = () =>
      api
        .post<SweepEstimate>(`projects/${id}/sweeps/estimate/`, JSON.parse(asked), { signal: abort.signal })
        .then((found) => {
          setEstimate(found);
          onSlots(found.slots === null || found.slots >= found.runs);
        })
        .catch((error) => {
          if (abort.signal.aborted) return;
          setEstimate(null);
          setFault(error instanceof ApiError && error.status === 400 ? sentence(error) : ""); // else: only a guess
        });
    const timer = setTimeout(ask, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, id]);
  const waiting = asked === null ? "Give one setting two values or more." : "Estimating";
  const few = estimate !== null && estimate.slots !== null && estimate.slots < estimate.runs;
  if (fault || few) {
    return (
      <p class="bad" role="alert">
        {fault || `${estimate?.runs} runs; the team may queue ${estimate?.slots} more jobs now.`}
      </p>
    );
  }
  return (
    <p class="cost row" data-testid="sweep-cost" aria-live="polite">
      <Icon name="clock" />
      {estimate ? costText(estimate) : waiting}
    </p>
  );
}

function costText({ runs, estimate_seconds }: SweepEstimate): string {
  const time = `about ${duration(estimate_seconds)} one after another`;
  return `${counted(runs, "run")}, ${time}. Other runs get their turns.`;
}

import type { Counts, Role, Run } from "../../api/types";
import { counted } from "../../ui/figures";
import { atLeast } from "../session";

export interface NextStep {
  text: string;
  /** Below /p/{slug}/. */
  to: string;
}

/** Upload → Label → Train → Watch → Download: the one step that moves the project on, or null. */
export function nextStep(counts: Counts, run: Run | null, role: Role): NextStep | null {
  const ready = counts.labelled + counts.review + counts.done;
  if (!atLeast(role, "annotator"))
    return run ? { text: `Open run ${run.number}`, to: `runs/${run.number}` } : null;
  if (counts.images === 0) return { text: "Upload images", to: "images?add=upload" };
  if (counts.unlabelled > 0) return { text: `Label ${counted(counts.unlabelled, "image")}`, to: "label" };
  if (run && (run.status === "running" || run.status === "queued")) {
    return { text: `Watch run ${run.number}`, to: `runs/${run.number}` };
  }
  if (run?.status === "succeeded" && run.snapshot.labelled_count >= ready)
    return { text: "Download", to: `runs/${run.number}` };
  if (!atLeast(role, "manager") || ready === 0) return null;
  if (!run) return { text: "Train", to: "runs?new=1" };
  const fresh = ready - run.snapshot.labelled_count;
  return {
    text: fresh > 0 ? `Retrain: ${fresh} more since v${run.snapshot.number}` : "Retrain",
    to: "runs?new=1",
  };
}

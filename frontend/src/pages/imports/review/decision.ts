/** What an import would bring in as it is decided now, and what keeps it from being started. */
import type { ImportReview, LabelTarget, OnKnown } from "../../../api/types";
import { counted } from "../../../ui/figures";
import type { Draft } from "./draft";
import { labelsFault, sums, type Targets, targetsByName } from "./mapping";

interface ApplyRequest {
  labels: Record<string, LabelTarget>;
  on_known: OnKnown;
  splits: boolean;
}

export interface Decision {
  /** "Import 1,204 images". */
  deed: string;
  /** What comes with them: "5,310 boxes · 3 new labels". */
  summary: string;
  /** One sentence; empty where it can be started. */
  fault: string;
  request: ApplyRequest;
}

function imagesOf({ images }: ImportReview, onKnown: OnKnown): number {
  return images.new + images.known - (onKnown === "keep" ? images.known_labelled : 0);
}

function imagesFault({ images }: ImportReview, coming: number): string {
  if (images.new + images.known === 0) return "There is no image in it that can be imported.";
  return coming === 0 ? "All its images are here, labelled, and are left as they are." : "";
}

/** `unit`: what annotations of the project's task are called, one and many. */
export function decide(
  review: ImportReview,
  draft: Draft,
  targets: Targets,
  unit: readonly [one: string, many: string],
): Decision {
  const all = sums(review.labels, draft.chosen, targets);
  const coming = imagesOf(review, draft.onKnown);
  const parts = [
    counted(all.annotations, ...unit),
    all.made > 0 && counted(all.made, "new label"),
    all.ignored > 0 && `${counted(all.ignored, "label")} ignored`,
  ];
  return {
    deed: `Import ${counted(coming, "image")}`,
    summary: parts.filter(Boolean).join(" · "),
    fault: imagesFault(review, coming) || labelsFault(all, targets),
    request: {
      labels: targetsByName(review.labels, draft.chosen, targets),
      on_known: draft.onKnown,
      splits: draft.splits,
    },
  };
}

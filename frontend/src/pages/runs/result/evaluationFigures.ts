import type { ClassificationEvaluation, Evaluation } from "../../../api/types";
import { CLASSIFICATION_FIGURES, COCO_FIGURES, type Figure, figures } from "./figureChanges";

/** The headline numbers of an evaluation, against those of another run on its own snapshot. */
export function evaluationFigures(evaluation: Evaluation, before: Evaluation | null): Figure[] {
  switch (evaluation.task) {
    case "detection":
      return figures(COCO_FIGURES, evaluation.coco, before?.task === "detection" ? before.coco : null);
    case "classification":
      return figures(
        CLASSIFICATION_FIGURES,
        meansOf(evaluation),
        before?.task === "classification" ? meansOf(before) : null,
      );
  }
}

function meansOf({ accuracy, macro_f1 }: ClassificationEvaluation) {
  return { accuracy, macro_f1 };
}

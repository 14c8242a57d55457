import type { Evaluation } from "../../../api/types";
import { CLASSIFICATION_FIGURES, COCO_FIGURES, type Figure, figures } from "./figureChanges";

/** The headline numbers of an evaluation, against those of another run on its own snapshot. */
export function evaluationFigures(evaluation: Evaluation, before: Evaluation | null): Figure[] {
  if (evaluation.task === "detection") {
    return figures(COCO_FIGURES, evaluation.coco, before?.task === "detection" ? before.coco : null);
  }
  const { accuracy, macro_f1 } = evaluation;
  const earlier = before?.task === "classification" ? before : null;
  return figures(
    CLASSIFICATION_FIGURES,
    { accuracy, macro_f1 },
    earlier && { accuracy: earlier.accuracy, macro_f1: earlier.macro_f1 },
  );
}

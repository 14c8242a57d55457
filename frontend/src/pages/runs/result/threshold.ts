/** What a score threshold costs and gives: precision, recall and F1 on the validation images. Pure. */

import type { Series } from "../../../plots/series";
import { matchBoxes } from "./boxMatch";
import type { Prediction } from "./judgedImages";

type Boxes = Pick<Prediction, "truth" | "detections">;

export interface ThresholdPoint {
  readonly score: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number;
}

const LEAST = 5; // hundredths: the engine reports no box below 0.05
const STEP = 5;

/** One point each 0.05 of score. */
export function sweep(predictions: readonly Boxes[]): ThresholdPoint[] {
  const points: ThresholdPoint[] = [];
  for (let hundredths = LEAST; hundredths < 100; hundredths += STEP) {
    points.push(at(predictions, hundredths / 100));
  }
  return points;
}

/** The score with the best F1; 0.5 where nothing was found at any score. */
export function bestScore(points: readonly ThresholdPoint[]): number {
  let best: ThresholdPoint | null = null;
  for (const point of points) if (!best || point.f1 > best.f1) best = point;
  return best && best.f1 > 0 ? best.score : 0.5;
}

export function thresholdSeries(points: readonly ThresholdPoint[]): Series[] {
  return [
    { name: "precision", look: "light", points: points.map((one) => ({ x: one.score, y: one.precision })) },
    { name: "recall", look: "dashed", points: points.map((one) => ({ x: one.score, y: one.recall })) },
    { name: "F1", look: "main", points: points.map((one) => ({ x: one.score, y: one.f1 })) },
  ];
}

function at(predictions: readonly Boxes[], score: number): ThresholdPoint {
  let found = 0;
  let missed = 0;
  let wrong = 0;
  for (const prediction of predictions) {
    const match = matchBoxes(prediction.truth, prediction.detections, score);
    found += match.found;
    missed += match.missed.length;
    wrong += match.wrong.length;
  }
  return {
    score,
    precision: found + wrong > 0 ? found / (found + wrong) : null,
    recall: found + missed > 0 ? found / (found + missed) : null,
    f1: found > 0 ? (2 * found) / (2 * found + missed + wrong) : 0,
  };
}

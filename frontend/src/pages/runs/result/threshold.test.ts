import { describe, expect, it } from "vitest";
import { bestScore, sweep, thresholdSeries } from "./threshold";

const box = { label: "cat", x_min: 0, y_min: 0, x_max: 10, y_max: 10 };
const elsewhere = { label: "cat", x_min: 50, y_min: 50, x_max: 60, y_max: 60 };
const one = {
  truth: [box],
  detections: [
    { ...box, score: 0.8 },
    { ...elsewhere, score: 0.4 },
  ],
};

describe("sweeping the score", () => {
  const points = sweep([one]);

  it("goes from what the engine reports to nearly one", () => {
    expect([points[0]?.score, points.at(-1)?.score]).toEqual([0.05, 0.95]);
  });

  it("trades wrong boxes against missed ones", () => {
    expect(points[0]).toEqual({ score: 0.05, precision: 0.5, recall: 1, f1: 2 / 3 });
    expect(points.find((point) => point.score === 0.5)).toEqual({
      score: 0.5,
      precision: 1,
      recall: 1,
      f1: 1,
    });
    expect(points.at(-1)).toEqual({ score: 0.95, precision: null, recall: 0, f1: 0 });
  });

  it("finds the lowest score with the best F1", () => {
    expect(bestScore(points)).toBe(0.45);
    expect(bestScore(sweep([{ truth: [box], detections: [] }]))).toBe(0.5);
  });

  it("draws three lines", () => {
    expect(thresholdSeries(points).map((series) => series.name)).toEqual(["precision", "recall", "F1"]);
  });
});

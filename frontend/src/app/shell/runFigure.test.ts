import { expect, it } from "vitest";
import type { Run } from "../../api/types";
import { runFigure } from "./runFigure";

const run = (metrics: Run["metrics"]) => ({ metrics }) as Run;

it("is the headline of the run's task", () => {
  expect(runFigure(run({ AP: 0.6118, AP50: 0.8 }))).toEqual({ name: "AP", value: "0.612" });
  expect(runFigure(run({ accuracy: 0.941, macro_f1: 0.9 }))).toEqual({ name: "Accuracy", value: "94.1 %" });
});

it("is nothing before the first epoch's metrics", () => {
  expect(runFigure(run({}))).toBeNull();
});

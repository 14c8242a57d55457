import { expect, it } from "vitest";
import type { Run, Status } from "../../api/types";
import { curveOf } from "./runCurve";

const run = (number: number, status: Status, metrics: Run["metrics"]) => ({ number, status, metrics }) as Run;

it("goes over the succeeded runs, oldest first", () => {
  const runs = [
    run(4, "succeeded", { AP: 0.7 }),
    run(3, "failed", {}),
    run(2, "succeeded", { AP: 0.6 }),
    run(1, "canceled", { AP: 0.1 }),
  ];
  expect(curveOf(runs, "AP")).toEqual([
    { x: 2, y: 0.6 },
    { x: 4, y: 0.7 },
  ]);
});

import { describe, expect, it } from "vitest";
import type { Run } from "../../../api/types";
import { bestRun, runsSeries } from "./runsSeries";

const run = (number: number, status: string, AP?: number) =>
  ({ number, status, metrics: AP === undefined ? {} : { AP } }) as Run;
const score = { key: "AP", title: "AP" } as const;
const runs = [run(4, "running", 0.9), run(3, "succeeded", 0.5), run(2, "failed"), run(1, "succeeded", 0.6)];

describe("the score over runs", () => {
  it("has one point a finished run, oldest first", () => {
    expect(runsSeries(runs, score)[0]?.points).toEqual([
      { x: 1, y: 0.6 },
      { x: 3, y: 0.5 },
    ]);
    expect(runsSeries([], score)).toEqual([]);
  });

  it("knows the best run", () => {
    expect(bestRun(runs, "AP")?.number).toBe(1);
    expect(bestRun([], "AP")).toBeNull();
  });
});

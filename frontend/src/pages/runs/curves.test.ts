import { describe, expect, it } from "vitest";
import { bestEpoch, lossSeries, mergeEpochs, scoreSeries } from "./curves";

const epoch = (n: number, values: Record<string, number | null>) => ({ epoch: n, values });

describe("epochs that arrive", () => {
  it("are kept once each, in order, the newest winning", () => {
    const merged = mergeEpochs(
      [epoch(1, { AP: 0.1 }), epoch(2, { AP: 0.2 })],
      [epoch(3, {}), epoch(2, { AP: 0.5 })],
    );
    expect(merged.map((one) => one.epoch)).toEqual([1, 2, 3]);
    expect(merged[1]?.values.AP).toBe(0.5);
  });
});

describe("the score chart", () => {
  const run = { name: "run 2", epochs: [epoch(1, { AP: 0.3 }), epoch(2, { AP: null })] };

  it("draws this run over the other", () => {
    const series = scoreSeries("AP", run, { name: "run 1", epochs: [epoch(1, { AP: 0.1 })] });
    expect(series.map((one) => [one.name, one.look])).toEqual([
      ["run 1", "ghost"],
      ["run 2", "main"],
    ]);
    expect(series[1]?.points).toEqual([
      { x: 1, y: 0.3 },
      { x: 2, y: null },
    ]);
  });

  it("draws a line through the epochs that were evaluated", () => {
    const epochs = [epoch(1, { loss: 2 }), epoch(2, { loss: 1, AP: 0.3 }), epoch(3, { loss: 0.9 })];
    expect(scoreSeries("AP", { name: "run 2", epochs }, null)[0]?.points).toEqual([{ x: 2, y: 0.3 }]);
  });

  it("draws this run alone when there is no other", () => {
    expect(scoreSeries("AP", run, null)).toHaveLength(1);
    expect(scoreSeries("AP", run, { name: "run 1", epochs: [] })).toHaveLength(1);
  });

  it("marks the earliest best epoch", () => {
    expect(bestEpoch([epoch(1, { AP: 0.5 }), epoch(2, { AP: 0.5 }), epoch(3, {})], "AP")).toEqual({
      epoch: 1,
      score: 0.5,
    });
    expect(bestEpoch([], "AP")).toBeNull();
  });
});

describe("the loss chart", () => {
  it("has a line for each part that the model reports", () => {
    expect(lossSeries([epoch(1, { loss: 2 })]).map((one) => one.name)).toEqual(["all"]);
    expect(lossSeries([epoch(1, { loss: 2, loss_box: 1, loss_class: 1 })]).map((one) => one.name)).toEqual([
      "all",
      "label",
      "box",
    ]);
  });
});

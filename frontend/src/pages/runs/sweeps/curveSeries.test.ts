import { describe, expect, it } from "vitest";
import type { SweepRow } from "../../../api/types";
import { axesText, curveSeries, endSeries, lengthAxis } from "./curveSeries";

const names = { models: [], bases: [], files: [] };
const axes = { freeze: ["none", "trunk"], iterations: [100, 200] };
const row = (id: number, freeze: string, iterations: number, AP: number, status = "succeeded") =>
  ({ id, status, setting: { freeze, iterations }, metrics: { AP } }) as unknown as SweepRow;
const rows = [
  row(1, "none", 200, 0.4),
  row(2, "none", 100, 0.2),
  row(3, "trunk", 100, 0.3),
  row(4, "trunk", 200, 0, "failed"),
];

describe("a sweep's lines", () => {
  it("are the curves of its runs, by iterations", () => {
    const curves = [{ run: 3, points: [{ epoch: 1, iterations: 6, values: { AP: 0.1 } }] }];
    expect(curveSeries(rows, curves, axes, "AP", names)).toEqual([
      { name: "Freeze trunk, Iterations 100", look: "light", hue: 1, dash: 0, points: [{ x: 6, y: 0.1 }] },
    ]);
  });

  it("are a line a setting where length is an axis", () => {
    expect(lengthAxis(axes)).toBe("iterations");
    const lines = endSeries(rows, "iterations", axes, "AP", names);
    expect(lines.map(({ name, points }) => [name, points.map(({ x }) => x)])).toEqual([
      ["Freeze none", [100, 200]],
      ["Freeze trunk", [100]],
    ]);
    expect(lengthAxis({ epochs: [4], seed: [0, 1] })).toBeNull();
  });

  it("tell the axes", () => {
    expect(axesText(axes, names)).toBe("Freeze none, trunk; Iterations 100, 200");
  });
});

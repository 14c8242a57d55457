import { describe, expect, it } from "vitest";
import { endTexts, frameOf, textStart } from "./frame";
import type { Series } from "./series";

const run: Series = { name: "run 8", look: "main", points: [{ x: 1, y: 0.3 }] };

describe("a chart's room", () => {
  it("leaves space for the names at the ends of lines", () => {
    const named = frameOf(600, 260, [1, 8], [0, 1], endTexts([run], 3));
    const empty = frameOf(600, 260, [1, 8], [0, 1], []);
    expect(named.right).toBeLessThan(empty.right);
    expect(empty.right).toBeLessThanOrEqual(600);
  });

  it("counts the newest value among them", () => {
    expect(endTexts([run, { ...run, look: "ghost", name: "run 7" }], 2)).toEqual(["run 8 0.30", "run 7"]);
    expect(endTexts([{ ...run, points: [] }], 2)).toEqual([]);
  });

  it("puts the lowest value at the bottom", () => {
    const frame = frameOf(600, 260, [1, 8], [0, 1], []);
    expect(frame.y(0)).toBe(frame.bottom);
    expect(frame.y(1)).toBe(frame.top);
  });

  it("ticks whole epochs, also when there are two", () => {
    expect(frameOf(600, 260, [1, 3], [0, 1], []).xTicks.map((tick) => tick.text)).toEqual(["1", "2", "3"]);
    expect(frameOf(600, 260, [1, 1], [0, 1], []).xTicks.map((tick) => tick.text)).toEqual(["1"]);
  });

  it("still has a width on a phone", () => {
    const frame = frameOf(60, 260, [1, 8], [0, 1], ["a very long name of a run"]);
    expect(frame.right).toBeGreaterThan(frame.left);
  });

  it("keeps the crosshair's text inside", () => {
    const frame = frameOf(300, 260, [0, 1], [0, 1], []);
    const text = "score 0.4: precision 0.88";
    expect(textStart(frame, frame.left, text)).toBe(0);
    expect(textStart(frame, frame.right, text)).toBeLessThan(frame.right - 100);
    expect(textStart(frame, frame.left, text.repeat(5))).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { extent, linear, niceDomain, tickStep, ticks, tickText } from "./scale";

describe("a linear scale", () => {
  it("maps the ends of the domain onto the ends of the range, also upside down", () => {
    const y = linear([0, 2], [100, 0]);
    expect([y(0), y(1), y(2)]).toEqual([100, 50, 0]);
  });

  it("maps an empty domain onto the middle", () => {
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe("ticks", () => {
  it("are 1, 2 or 5 times a power of ten apart", () => {
    expect([tickStep(1, 5), tickStep(24, 4), tickStep(0.07, 4), tickStep(3.3, 3)]).toEqual([0.2, 5, 0.02, 1]);
  });

  it("carry no rounding noise", () => {
    expect(ticks([0, 0.6], 0.2)).toEqual([0, 0.2, 0.4, 0.6]);
    expect(ticks([0, 0.3], 0.1)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it("have the decimals their step needs", () => {
    expect([tickText(0.4, 0.2), tickText(10, 5), tickText(0.04, 0.02), tickText(1.5, 0.5)]).toEqual([
      "0.4",
      "10",
      "0.04",
      "1.5",
    ]);
  });
});

describe("domains", () => {
  it("widen to round numbers", () => {
    expect(niceDomain([0, 0.612], 4)).toEqual([0, 0.8]);
    expect(niceDomain([0, 3.35], 4)).toEqual([0, 4]);
  });

  it("of constant values are not empty", () => {
    const [low, high] = niceDomain([5, 5], 4);
    expect(high).toBeGreaterThanOrEqual(5);
    expect(low).toBeLessThanOrEqual(5);
  });

  it("skip what is no number", () => {
    expect(extent([null, 3, Number.NaN, 1])).toEqual([1, 3]);
    expect(extent([null])).toBeNull();
  });
});

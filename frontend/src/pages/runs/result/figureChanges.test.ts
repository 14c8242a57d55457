import { describe, expect, it } from "vitest";
import { COCO_FIGURES, changeText, changeTone, figures } from "./figureChanges";

describe("the twelve figures", () => {
  it("come in COCO's order with their change", () => {
    const row = figures(COCO_FIGURES, { AP: 0.612, AP_small: null }, { AP: 0.588, AP_small: 0.3 });
    expect(row).toHaveLength(12);
    expect(row[0]?.title).toBe("AP");
    expect(row[0]?.change).toBeCloseTo(0.024);
    expect(row[3]).toEqual({ key: "AP_small", title: "AP small", value: null, change: null });
  });

  it("have no change without another run", () => {
    expect(figures(COCO_FIGURES, { AP: 0.6 }, null)[0]?.change).toBeNull();
  });
});

describe("texts", () => {
  it("sign each change, nothing is ± zero", () => {
    expect([changeText(0.0241), changeText(-0.004), changeText(-0.0001)]).toEqual([
      "+0.024",
      "−0.004",
      "±0.000",
    ]);
    expect([changeTone(0.0241), changeTone(-0.004), changeTone(-0.0001)]).toEqual(["good", "bad", "same"]);
  });
});

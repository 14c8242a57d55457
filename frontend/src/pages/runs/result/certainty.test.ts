import { describe, expect, it } from "vitest";
import { clearChanges, intervalText, verdict, verdictText } from "./certainty";

const AP = { key: "AP", title: "AP", value: 0.672 };

describe("an interval in words", () => {
  it("says from how many images it is", () => {
    expect(intervalText({ ...AP, interval: { low: 0.6, high: 0.731 } }, 38)).toBe(
      "0.67 (0.60–0.73 with 38 images)",
    );
    expect(intervalText({ ...AP, interval: null }, 1)).toBe("0.67 with 1 image");
  });
});

describe("better than another run", () => {
  const noise = { change: 0.02, low: -0.01, high: 0.06 };
  const gain = { change: 0.04, low: 0.01, high: 0.07 };

  it("only where the whole interval says so", () => {
    expect([verdict(noise), verdict(gain), verdict({ low: -0.2, high: -0.1 })]).toEqual([
      "unclear",
      "better",
      "worse",
    ]);
    expect(clearChanges({ image_count: 38, changes: { AP: noise, AP50: gain } })).toEqual(new Set(["AP50"]));
    expect(clearChanges(null).size).toBe(0);
  });

  it("names the run and the images", () => {
    expect(verdictText("AP", gain, 38, 7)).toBe(
      "Better than run 7: AP +0.040 (+0.010 to +0.070) on the same 38 images",
    );
    expect(verdictText("AP", noise, 38, 7)).toContain("No clear difference to run 7");
  });
});

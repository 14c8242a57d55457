import { describe, expect, it } from "vitest";
import { heldText, labelOriginText, lineageText, replayText, type Start } from "./startTexts";

const start: Start = {
  lineage: ["COCO weights", "8 epochs on disc"],
  loaded: 2000,
  random: 0,
  labels: [],
  frozen: { parameters: 2000, still: 1000, layers: 70, still_layers: 13, names: [] },
};
const label = { label: "raccoon", base_label: "cat", share: 0.75 };

describe("what a run began with", () => {
  it("names the stages before it", () => {
    expect(lineageText(start)).toBe("COCO weights, then 8 epochs on disc");
    expect(lineageText({ ...start, lineage: [] })).toBe("Random weights");
  });

  it("says of each label where its row comes from", () => {
    expect(labelOriginText({ ...label, how: "warm" })).toBe("from cat (75.0 %)");
    expect(labelOriginText({ ...label, how: "warm", share: 1 })).toBe("from cat");
    expect(labelOriginText({ ...label, how: "carried" })).toBe("carried over");
    expect(labelOriginText({ ...label, how: "mean" })).toContain("no image showed it");
  });

  it("says what was new and what was seen again", () => {
    const replayed = "It learned from 1 new image, beside 24 of 80 old ones an epoch.";
    expect(replayText({ new: 1, old: 80, replayed: 24 })).toBe(replayed);
  });

  it("counts what did not learn", () => {
    expect(heldText(start)).toBe("1,000 of 2,000 parameters held still, 13 of 70 layers");
    expect(heldText({ ...start, frozen: { ...start.frozen, still: 0, still_layers: 0 } })).toBe(
      "All 2,000 parameters learned",
    );
  });
});

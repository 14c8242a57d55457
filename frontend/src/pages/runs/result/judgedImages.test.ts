import { describe, expect, it } from "vitest";
import { caption, inOrder, judge, mistakesFirst, moreText, sampleText, shown } from "./judgedImages";

const cat = { label: "cat", x_min: 0, y_min: 0, x_max: 10, y_max: 10 };
const dog = { label: "dog", x_min: 50, y_min: 50, x_max: 60, y_max: 60 };
const good = { image: "good", truth: [cat], detections: [{ ...cat, score: 0.9 }] };
const miss = { image: "miss", truth: [cat, dog], detections: [] };
const ghost = { image: "ghost", truth: [], detections: [{ ...dog, score: 0.6 }] };
const clean = { image: "clean", truth: [], detections: [] };
const all = judge([good, miss, ghost, clean], 0.5);

describe("the gallery", () => {
  it("begins with the most mistakes", () => {
    expect(mistakesFirst(all)).toEqual(["miss", "ghost", "good", "clean"]);
  });

  it("keeps that order at another score", () => {
    const again = judge([good, miss, ghost, clean], 0.95);
    expect(inOrder(again, mistakesFirst(all)).map((one) => one.prediction.image)).toEqual([
      "miss",
      "ghost",
      "good",
      "clean",
    ]);
  });

  it("filters by mistake and by label", () => {
    const names = (list: typeof all) => list.map((one) => one.prediction.image);
    expect(names(shown(all, "all", ""))).toHaveLength(4);
    expect(names(shown(all, "missed", ""))).toEqual(["miss"]);
    expect(names(shown(all, "wrong", "dog"))).toEqual(["ghost"]);
    expect(names(shown(all, "wrong", "cat"))).toEqual([]);
    expect(names(shown(all, "all", "cat"))).toEqual(["good", "miss"]);
  });

  it("offers the next page, or what is left", () => {
    expect([moreText(60, 24), moreText(3, 24)]).toEqual(["Show 24 more of 60", "Show the other 3"]);
  });

  it("says what happened on each picture", () => {
    expect(all.map(caption)).toEqual(["1 found", "2 missed", "1 wrong", "nothing here, nothing found"]);
  });
});

describe("a part of the images", () => {
  it("is called one", () => {
    expect(sampleText(Array(200), 1500)).toBe("200 of 1,500 images");
    expect(sampleText(Array(142), 142)).toBe("");
  });
});

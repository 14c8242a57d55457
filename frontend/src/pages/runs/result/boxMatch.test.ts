import { describe, expect, it } from "vitest";
import { type FoundBox, matchBoxes, overlap, type TrueBox } from "./boxMatch";

const cat: TrueBox = { label: "cat", x_min: 0, y_min: 0, x_max: 10, y_max: 10 };
const dog: TrueBox = { label: "dog", x_min: 50, y_min: 50, x_max: 60, y_max: 60 };
const found = (box: TrueBox, score: number, shift = 0): FoundBox => ({
  ...box,
  x_min: box.x_min + shift,
  x_max: box.x_max + shift,
  score,
});

describe("overlap", () => {
  it("is the shared part of both", () => {
    expect(overlap(cat, cat)).toBe(1);
    expect(overlap(cat, found(cat, 1, 5))).toBeCloseTo(1 / 3);
    expect(overlap(cat, dog)).toBe(0);
  });
});

describe("matching", () => {
  it("counts what was found, missed and wrong", () => {
    const match = matchBoxes([cat, dog], [found(cat, 0.9, 1), found(cat, 0.8, 40)], 0.5);
    expect(match.found).toBe(1);
    expect(match.missed).toEqual([dog]);
    expect(match.wrong).toHaveLength(1);
  });

  it("gives one true box to one box only: the surer one", () => {
    const match = matchBoxes([cat], [found(cat, 0.6), found(cat, 0.9)], 0);
    expect(match.found).toBe(1);
    expect(match.wrong.map((box) => box.score)).toEqual([0.6]);
  });

  it("asks for the same label", () => {
    const match = matchBoxes([cat], [{ ...found(cat, 0.9), label: "dog" }], 0);
    expect([match.found, match.missed.length, match.wrong.length]).toEqual([0, 1, 1]);
  });

  it("leaves out what is under the score", () => {
    expect(matchBoxes([cat], [found(cat, 0.39)], 0.4).missed).toEqual([cat]);
  });

  it("asks for no crowd, and takes nothing in one for wrong", () => {
    const crowd: TrueBox = { ...cat, x_max: 40, crowd: true };
    const inside = found(cat, 0.9, 20);
    expect(matchBoxes([crowd], [inside, found(cat, 0.8, 36)], 0)).toEqual({
      found: 0,
      missed: [],
      wrong: [found(cat, 0.8, 36)],
    });
    expect(matchBoxes([crowd], [{ ...inside, label: "dog" }], 0).wrong).toHaveLength(1);
  });

  it("does not reorder what it was given", () => {
    const given = [found(cat, 0.1), found(dog, 0.9)];
    matchBoxes([cat], given, 0);
    expect(given.map((box) => box.score)).toEqual([0.1, 0.9]);
  });
});

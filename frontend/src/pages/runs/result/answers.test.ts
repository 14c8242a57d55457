import { describe, expect, it } from "vitest";
import { answerOf, rowShares, wrongFirst } from "./answers";

const image = (name: string, truth: string, ant: number) => ({
  image: name,
  truth,
  scores: { ant, bee: 1 - ant },
});

describe("an answer", () => {
  it("is the label with the highest score", () => {
    expect(answerOf(image("a", "bee", 0.8))).toEqual({
      image: "a",
      truth: "bee",
      said: "ant",
      score: 0.8,
      right: false,
    });
  });
});

describe("the pictures", () => {
  it("begin with the surest mistake and end with the surest right one", () => {
    const order = wrongFirst([
      image("sure", "ant", 0.99),
      image("slip", "bee", 0.6),
      image("barely", "ant", 0.55),
      image("blunder", "bee", 0.97),
    ]);
    expect(order.map((answer) => answer.image)).toEqual(["blunder", "slip", "barely", "sure"]);
  });
});

describe("shares", () => {
  it("are of each row, and zero where a row is empty", () => {
    expect(
      rowShares([
        [3, 1],
        [0, 0],
      ]),
    ).toEqual([
      [0.75, 0.25],
      [0, 0],
    ]);
  });
});

import { expect, it } from "vitest";
import { LABEL_COLORS, nextColor, patternsOf } from "./label";

it("gives each label the next colour, and the first again after the last", () => {
  const taken: string[] = [];
  for (let label = 0; label <= LABEL_COLORS.length; label += 1) taken.push(nextColor(taken));
  expect(taken).toEqual([...LABEL_COLORS, LABEL_COLORS[0]]);
});

it("tells labels of one colour apart by their lines", () => {
  const labels = ["#AA53FB", "#F5A420", "#aa53fb", "#AA53FB", "#AA53FB"].map((color) => ({ color }));
  expect(patternsOf(labels)).toEqual([0, 0, 1, 2, 0]);
});

import { expect, it } from "vitest";
import type { Label } from "../../api/types";
import { changedPositions, reordered } from "./labelOrder";

const LABELS = ["dog", "cat", "owl"].map(
  (name, position): Label => ({ id: position + 10, name, color: "#AA53FB", position, annotation_count: 0 }),
);
const names = (labels: Label[]) => labels.map((label) => label.name);

it("moves a label up and down", () => {
  expect(names(reordered(LABELS, 2, 0))).toEqual(["owl", "dog", "cat"]);
  expect(names(reordered(LABELS, 0, 1))).toEqual(["cat", "dog", "owl"]);
});

it("stays within the list", () => {
  expect(names(reordered(LABELS, 0, -1))).toEqual(["dog", "cat", "owl"]);
  expect(names(reordered(LABELS, 2, 9))).toEqual(["dog", "cat", "owl"]);
});

it("saves only the positions that changed", () => {
  expect(changedPositions(LABELS)).toEqual([]);
  expect(changedPositions(reordered(LABELS, 0, 1))).toEqual([
    { id: 11, position: 0 },
    { id: 10, position: 1 },
  ]);
});

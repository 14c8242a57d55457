import { expect, it } from "vitest";
import { newAnnotation } from "../core/annotation";
import { mergedFields } from "./fieldMerge";

const was = {
  ...newAnnotation("a", 1, { x_min: 0, y_min: 0, x_max: 9, y_max: 9 }),
  source: "model",
  score: 0.5,
};
const moved = { ...was, box: { x_min: 5, y_min: 5, x_max: 14, y_max: 14 } };
const relabelled = { ...was, label: 2, source: "human", score: null };

it("keeps a move and a relabel, whoever comes second", () => {
  const both = { ...moved, label: 2, source: "human", score: null };
  expect(mergedFields(was, moved, relabelled)).toEqual(both);
  expect(mergedFields(was, relabelled, moved)).toEqual(both);
});

it("merges each attribute by its name", () => {
  const [theirs, mine] = [
    { ...was, attributes: { difficult: true, text: "ab" } },
    { ...was, attributes: { truncated: true } },
  ];
  expect(mergedFields(was, theirs, mine)?.attributes).toEqual({
    difficult: true,
    text: "ab",
    truncated: true,
  });
  const off = mergedFields({ ...was, attributes: { difficult: true } }, moved, { ...was, attributes: {} });
  expect(off?.attributes).toEqual({});
});

it.each([
  ["label", relabelled, { ...was, label: 3 }],
  ["box", moved, { ...was, box: { x_min: 1, y_min: 1, x_max: 9, y_max: 9 } }],
  ["attribute", { ...was, attributes: { text: "a" } }, { ...was, attributes: { text: "b" } }],
])("leaves one %s of both to be decided", (_, theirs, mine) => {
  expect(mergedFields(was, theirs, mine)).toBeNull();
});

it("knows that both said the same", () => {
  expect(mergedFields(was, moved, { ...moved })).toEqual(moved);
});

import { expect, it } from "vitest";
import { revision, row } from "./history.testing";
import { diffOf, type Mark } from "./marks";
import { deedsOf, entriesOf, NEW, rowsAt } from "./revisions";

const BEFORE = [row("stays", { x: 50 }), row("goes", { x: 5 }), row("moves"), row("other"), row("flagged")];

function marksBy(upserted: ReturnType<typeof row>[], deleted: string[] = []) {
  const start = { ...NEW, rows: new Map(BEFORE.map((one) => [one.id, one])) };
  const revisions = [revision(2, { upserted, deleted })];
  const [entry] = entriesOf(deedsOf(start, revisions));
  if (!entry) throw new Error("There is no entry.");
  return diffOf(entry, rowsAt(start, revisions, 2));
}

it("each change is a mark, and what stayed is the rest", () => {
  const dog = { label: 11, label_name: "dog" };
  const { marks, rest } = marksBy(
    [
      row("new", { x: 90 }),
      row("moves", { x: 20, ...dog }),
      row("other", dog),
      row("flagged", { attributes: { occluded: true } }),
    ],
    ["goes"],
  );
  const told = ({ kind, box, was, text, detail }: Mark) => [
    kind,
    was?.x_min ?? null,
    box.x_min,
    text,
    detail,
  ];
  expect(marks.map(told)).toEqual([
    ["added", null, 90, "+ cat", ""],
    ["moved", 0, 20, "cat → dog", "moved"],
    ["changed", null, 0, "cat → dog", ""],
    ["changed", null, 0, "cat", "marked"],
    ["removed", null, 5, "− cat", "deleted"],
  ]);
  expect(rest.map(({ x_min }) => x_min)).toEqual([50]);
});

it("a label of the whole image leaves no mark", () => {
  const { x_min, y_min, x_max, y_max, ...whole } = row("whole");
  expect(marksBy([whole]).marks).toEqual([]);
});

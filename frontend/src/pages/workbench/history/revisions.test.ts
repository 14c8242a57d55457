import { describe, expect, it } from "vitest";
import type { Revision } from "../../../api/types";
import { ANA, BEN, revision, row } from "./history.testing";
import { deedsOf, entriesOf, NEW, rowsAt } from "./revisions";

function entries(...revisions: Revision[]) {
  return entriesOf(deedsOf(NEW, revisions));
}

function numbers(...revisions: Revision[]): number[][] {
  return entries(...revisions).map(({ deeds }) => deeds.map((deed) => deed.revision.number));
}

describe("entries", () => {
  it("are sittings of one person, newest first", () => {
    const all = [revision(1), revision(2), revision(3, { author: BEN }), revision(4)];
    expect(numbers(...all)).toEqual([[4], [3], [1, 2]]);
  });

  it("end with a pause, and after half an hour without one", () => {
    expect(numbers(revision(1, { minute: 0 }), revision(2, { minute: 6 }))).toEqual([[2], [1]]);
    const long = Array.from({ length: 12 }, (_, at) => revision(at + 1, { minute: at * 4 }));
    expect(numbers(...long).map(({ length }) => length)).toEqual([4, 8]);
  });

  it("never join people whose accounts are gone", () => {
    expect(numbers(revision(1, { author: null }), revision(2, { author: null }))).toEqual([[2], [1]]);
  });

  it.each([{ restored: 1 }, { merged_label: "dog" }, { upserted: [row("a", { source: "import" })] }])(
    "keep %j apart, from what was before and after",
    (alone) => {
      expect(numbers(revision(1), revision(2, alone), revision(3))).toEqual([[3], [2], [1]]);
    },
  );

  it("take a moved box that once came with an import for a save by hand", () => {
    const imported = row("a", { source: "import" });
    const moved = revision(2, { upserted: [{ ...imported, x_min: 3 }] });
    const start = { ...NEW, rows: new Map([["a", imported]]) };
    expect(entriesOf(deedsOf(start, [revision(1, { author: ANA }), moved]))).toHaveLength(1);
  });
});

it("what stood after a revision is found again", () => {
  const all = [revision(1, { upserted: [row("a"), row("b")] }), revision(2, { deleted: ["a"] }), revision(3)];
  const ids = [1, 2].map((number) => [...rowsAt(NEW, all, number).keys()]);
  expect(ids).toEqual([["a", "b"], ["b"]]);
});

describe("changes", () => {
  it("are what is different in the end", () => {
    const [entry] = entries(
      revision(1, { upserted: [row("a"), row("b"), row("gone")] }),
      revision(2, { upserted: [row("a", { x: 4 })], deleted: ["gone"] }),
    );
    const found = entry
      ? entry.changes.map(({ id, before, after }) => [id, before?.x_min, after?.x_min])
      : [];
    expect(found).toEqual([
      ["a", undefined, 4],
      ["b", undefined, 0],
    ]);
  });

  it("leave out what came back to where it was", () => {
    const start = { ...NEW, rows: new Map([["a", row("a")]]) };
    const deeds = deedsOf(start, [
      revision(1, { upserted: [row("a", { x: 4 })] }),
      revision(2, { upserted: [row("a", { score: 0.5 })] }),
    ]);
    expect(entriesOf(deeds).flatMap(({ changes }) => changes)).toEqual([]);
  });
});

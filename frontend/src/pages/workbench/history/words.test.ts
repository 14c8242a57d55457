import { describe, expect, it } from "vitest";
import type { Revision } from "../../../api/types";
import { ANA, BEN, revision, row } from "./history.testing";
import { deedsOf, entriesOf, NEW, type Standing } from "./revisions";
import { changeBy, clockOf, nameOf, wordsOf } from "./words";

const NOW = Date.parse("2026-11-23T15:00:00");

function said(last: Partial<Revision>, start: Partial<Standing> = {}, whole = false): string | undefined {
  const deeds = deedsOf({ ...NEW, ...start }, [revision(7, last)]);
  const timeOf = (number: number) => (number === 3 ? "2026-11-23T12:03:00" : null);
  return entriesOf(deeds).map((entry) => wordsOf(entry, { whole, now: NOW, timeOf }))[0];
}

function rows(...all: ReturnType<typeof row>[]): Partial<Standing> {
  return { rows: new Map(all.map((one) => [one.id, one])) };
}

describe("an entry's words", () => {
  const before = rows(row("a"), row("b"), row("c"), row("d"));

  it.each([
    [{ upserted: [row("x"), row("y")] }, "2 boxes drawn"],
    [{ upserted: [row("x")] }, "1 box drawn: cat"],
    [{ upserted: [row("a", { x: 4 })] }, "1 box moved: cat"],
    [{ upserted: [row("a", { label: 11, label_name: "dog" })] }, "1 label changed: cat → dog"],
    [{ upserted: [row("a", { attributes: { difficult: true } })] }, "1 box marked: cat"],
    [{ deleted: ["a", "b"] }, "2 boxes deleted"],
    [
      { upserted: [row("x", { source: "model", score: 0.9 }), row("y")] },
      "1 box drawn, 1 suggestion accepted",
    ],
    [{ upserted: [row("x", { source: "import" }), row("y", { source: "import" })] }, "2 boxes imported"],
    [{ queue: "labelled" as const }, "To Labelled"],
    [{ queue: "skipped" as const, skip_reason: "blurred" }, "Skipped: blurred"],
    [{ queue: "skipped" as const }, "Skipped"],
    [{ upserted: [row("a", { score: 0.3 })] }, "No change to see"],
    [{ restored: 3, deleted: ["a"] }, "Restored how it was at 12:03, 1 box deleted: cat"],
    [{ restored: 2, upserted: [row("x"), row("y", { source: "model" })] }, "Restored save 2, 2 boxes back"],
    [
      { merged_label: "cat", upserted: [row("a", { label: 9, label_name: "animal" })] },
      "Merged cat into animal",
    ],
  ])("of %j", (last, words) => {
    expect(said(last, before)).toBe(words);
  });

  it("name boxes once", () => {
    const many = { upserted: [row("x"), row("a", { x: 4 }), row("b", { label: 2 })], deleted: ["c"] };
    const words = "1 box drawn, 1 moved, 1 label changed, 1 deleted, to Review";
    expect(said({ ...many, queue: "review" }, before)).toBe(words);
  });

  it("tell a new reason of an image that was skipped already", () => {
    const skipped = { queue: "skipped", skip_reason: "dark" } as const;
    expect(said({ queue: "skipped", skip_reason: "blurred" }, skipped)).toBe("Skipped: blurred");
  });

  it("tell the label of a whole image", () => {
    const cat = { ...rows(row("a")), queue: "labelled" } as const;
    const dog = row("b", { label: 11, label_name: "dog" });
    expect(said({ queue: "labelled", upserted: [row("a")] }, {}, true)).toBe("Labelled cat, to Labelled");
    expect(said({ queue: "labelled", upserted: [dog], deleted: ["a"] }, cat, true)).toBe(
      "Label changed: cat → dog",
    );
    expect(said({ queue: "labelled", deleted: ["a"] }, cat, true)).toBe("Label taken away: cat");
  });
});

it("people are named, also those who left", () => {
  expect([nameOf(ANA, 1), nameOf(BEN, 1), nameOf(null, 1)]).toEqual(["You", "Ben", "Somebody who left"]);
  expect([changeBy(ANA, 1), changeBy(BEN, 1)]).toEqual(["your change", "Ben’s change"]);
  expect(changeBy(null, 1)).toBe("a change by somebody who left");
});

it("times tell the day where it is another one", () => {
  expect(clockOf("2026-11-23T12:03:00", NOW)).toBe("12:03");
  expect(clockOf("2026-11-03T12:03:00", NOW)).toBe("3 Nov, 12:03");
  expect(clockOf("2025-11-03T12:03:00", NOW)).toBe("3 Nov 2025, 12:03");
});

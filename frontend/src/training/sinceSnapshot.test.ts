import { describe, expect, it } from "vitest";
import { hasChanged, signed, sinceSnapshot } from "./sinceSnapshot";

const counts = { labelled: 40, review: 5, done: 10, annotations: 120 };

describe("what a snapshot would add", () => {
  it("is everything before the first one", () => {
    expect(sinceSnapshot(counts, null)).toEqual({ labelledNow: 55, images: 55, annotations: 120 });
  });

  it("is the difference to the newest one", () => {
    const since = sinceSnapshot(counts, { labelled_count: 50, box_count: 123 });
    expect(since).toEqual({ labelledNow: 55, images: 5, annotations: -3 });
    expect(hasChanged(since)).toBe(true);
  });

  it("is nothing when the counts agree", () => {
    expect(hasChanged(sinceSnapshot(counts, { labelled_count: 55, box_count: 120 }))).toBe(false);
  });
});

describe("a signed number", () => {
  it("carries its sign", () => {
    expect([signed(1301), signed(-2), signed(0)]).toEqual(["+1,301", "−2", "0"]);
  });
});

import { describe, expect, it } from "vitest";
import { type Annotation, newAnnotation } from "../core/annotation";
import {
  acknowledged,
  blank,
  conflicted,
  discarded,
  type Entry,
  isSettled,
  joined,
  keptMine,
  outgoing,
  record,
  recordMove,
  refused,
  rivals,
  sent,
  size,
  tookTheirs,
  unsaved,
} from "./pendingChanges";

const BOX = { x_min: 1, y_min: 2, x_max: 30, y_max: 40 };
const a = newAnnotation("a", 1, BOX);
const b = newAnnotation("b", 1, BOX);
const moved = (one: Annotation, x_max: number): Annotation => ({ ...one, box: { ...BOX, x_max } });
const EMPTY = blank(7, "shore.jpg", 3);
const put = (...annotations: Annotation[]) =>
  annotations.map((after) => ({ id: after.id, before: null, after }));

describe("what goes out", () => {
  it("coalesces changes of one annotation, on the revision they rest on", () => {
    const entry = record(record(record(EMPTY, put(a)), put(moved(a, 50), b)), [
      { id: "b", before: null, after: null },
    ]);
    expect(outgoing(entry)?.request).toEqual({
      base_revision: 3,
      upsert: [{ id: "a", label: 1, x_min: 1, y_min: 2, x_max: 50, y_max: 40, source: "human", score: null }],
      delete: ["b"],
      draft: true,
    });
  });

  it("says why an image was skipped, with the skip or after it", () => {
    const skipped = recordMove(EMPTY, { queue: "skipped" });
    expect(outgoing(skipped)?.request).not.toHaveProperty("skip_reason");
    const said = recordMove(acknowledged(skipped, outgoing(skipped)!, 4, new Map()), {
      queue: "skipped",
      reason: "Too dark",
    });
    expect(outgoing(said)?.request).toMatchObject({ queue: "skipped", skip_reason: "Too dark" });
    const back = recordMove(said, { queue: "unlabelled" });
    expect(outgoing(back)?.request).not.toHaveProperty("skip_reason");
    expect(outgoing(joined(EMPTY, said))?.request).toMatchObject({ skip_reason: "Too dark" });
  });

  it("finishes no image by its boxes, nor by taking a move back", () => {
    const drafts = [
      record(EMPTY, put(a)),
      recordMove(EMPTY, { queue: "unlabelled" }),
      recordMove(record(EMPTY, put(a)), { queue: "labelled" }),
      record(EMPTY, put(newAnnotation("w", 2, null))),
      recordMove(EMPTY, { queue: "labelled" }),
    ].map((entry) => outgoing(entry)?.request.draft);
    expect(drafts).toEqual([true, true, true, undefined, undefined]);
  });

  it("sends a queue alone", () => {
    expect(outgoing(recordMove(EMPTY, { queue: "skipped" }))?.request).toEqual({
      base_revision: 3,
      upsert: [],
      delete: [],
      queue: "skipped",
    });
  });

  it("has no box fields on a whole-image label", () => {
    expect(outgoing(record(EMPTY, put(newAnnotation("w", 2, null))))?.request.upsert).toEqual([
      { id: "w", label: 2, source: "human", score: null },
    ]);
  });
});

describe("a flag that is taken back", () => {
  const flagged = { ...a, attributes: { difficult: true } };
  const off = [{ id: "a", before: flagged, after: a }];
  const takenBack = (entry: Entry): unknown => outgoing(entry)?.request.upsert[0]?.attributes;

  it("leaves the server too, whether it has heard of it or may have", () => {
    const on = record(EMPTY, [{ id: "a", before: a, after: flagged }]);
    expect(takenBack(on)).toEqual({ difficult: true });
    expect(takenBack(record(EMPTY, off))).toEqual({});
    expect(takenBack(record(sent(on, outgoing(on)!), off))).toEqual({});
    expect(takenBack(record(on, off))).toBeUndefined();
  });
});

describe("an acknowledgement", () => {
  it("crosses out what was sent and moves the base on", () => {
    const entry = record(EMPTY, put(a));
    const done = acknowledged(entry, outgoing(entry)!, 4, new Map([["a", a]]));
    expect(isSettled(done)).toBe(true);
    expect(done.base).toBe(4);
  });

  it("leaves what changed again meanwhile", () => {
    const entry = record(EMPTY, put(a, b));
    const out = outgoing(entry)!;
    const done = acknowledged(
      record(entry, put(moved(a, 60))),
      out,
      4,
      new Map([
        ["a", a],
        ["b", b],
      ]),
    );
    expect([...unsaved(done)]).toEqual([["a", moved(a, 60)]]);
  });
});

describe("a colleague's change of the same annotation, on another field", () => {
  const relabelled = { ...a, label: 2 };
  const move = { id: "a", before: a, after: moved(a, 50) };

  it("is kept beside a change that was made while a save was on its way", () => {
    const first = record(EMPTY, put(b));
    const later = record(first, [move]);
    const done = acknowledged(
      later,
      outgoing(first)!,
      5,
      new Map([
        ["a", relabelled],
        ["b", b],
      ]),
    );
    expect([...unsaved(done)]).toEqual([["a", { ...moved(a, 50), label: 2 }]]);
    expect([done.base, done.conflicts]).toEqual([5, {}]);
  });

  it("is kept beside one that went on from what was sent", () => {
    const first = record(EMPTY, [move]);
    const later = record(first, [{ id: "a", before: moved(a, 50), after: moved(a, 60) }]);
    const merged = { ...moved(a, 50), label: 2 };
    const done = acknowledged(later, outgoing(first)!, 5, new Map([["a", merged]]));
    expect([...unsaved(done)]).toEqual([["a", { ...moved(a, 60), label: 2 }]]);
  });

  it("is kept where another one is in conflict", () => {
    const entry = record(EMPTY, [move, { id: "b", before: b, after: moved(b, 50) }]);
    const theirs = new Map([
      ["a", relabelled],
      ["b", moved(b, 70)],
    ]);
    const after = conflicted(entry, 5, theirs, ["a", "b"], ["Vera"]);
    expect([Object.keys(after.conflicts), rivals(after)]).toEqual([["b"], "Vera"]);
    expect(outgoing(after)?.request.upsert).toMatchObject([{ id: "a", label: 2, x_max: 50 }]);
    expect(outgoing(keptMine(after, "b"))?.request.upsert).toHaveLength(2);
  });

  it("is a conflict on the same field, also for what was not sent yet", () => {
    const first = record(EMPTY, put(b));
    const done = acknowledged(
      record(first, [move]),
      outgoing(first)!,
      5,
      new Map([
        ["a", moved(a, 99)],
        ["b", b],
      ]),
    );
    expect(done.conflicts).toEqual({ a: moved(a, 99) });
    expect(outgoing(done)).toBeNull();
  });
});

describe("a conflict", () => {
  const entry = record(EMPTY, put(moved(a, 50), b));
  const theirs = new Map([["a", moved(a, 99)]]);

  it("holds back only what both changed, and sends the rest on the current revision", () => {
    const after = conflicted(entry, 5, theirs, ["a"], ["Vera"]);
    expect(after.conflicts).toEqual({ a: moved(a, 99) });
    expect(outgoing(after)?.request).toMatchObject({ base_revision: 5, upsert: [{ id: "b" }] });
  });

  it("keeps mine on top of theirs, or takes theirs", () => {
    const after = conflicted(entry, 5, theirs, ["a"], ["Vera"]);
    expect(outgoing(keptMine(after, "a"))?.request.upsert.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([...unsaved(tookTheirs(after, "a")).keys()]).toEqual(["b"]);
  });

  it("is none when both say the same", () => {
    const same = conflicted(entry, 5, new Map([["a", moved(a, 50)]]), ["a"], ["Vera"]);
    expect(same.conflicts).toEqual({});
    expect([...unsaved(same).keys()]).toEqual(["b"]);
  });

  it("is none when theirs is my own earlier try, whose answer got lost", () => {
    const first = record(EMPTY, put(moved(a, 20)));
    const again = record(sent(first, outgoing(first)!), put(moved(a, 25)));
    const after = conflicted(again, 4, new Map([["a", moved(a, 20)]]), ["a"], ["Vera"]);
    expect(after.conflicts).toEqual({});
    expect(outgoing(after)?.request).toMatchObject({ base_revision: 4, upsert: [{ x_max: 25 }] });
  });

  it("can be with a deletion", () => {
    const moves = [a, b].map((one) => ({ id: one.id, before: one, after: moved(one, 50) }));
    const after = conflicted(record(EMPTY, moves), 5, new Map([["b", b]]), ["a"], ["Vera"]);
    expect(after.conflicts).toEqual({ a: null });
    expect(outgoing(keptMine(after, "a"))?.request.upsert).toHaveLength(2);
  });
});

describe("a refusal", () => {
  it("holds back the named annotations until they change", () => {
    const entry = refused(record(EMPTY, put(a, b)), "Outside the image.", ["a"]);
    expect(outgoing(entry)?.request.upsert.map(({ id }) => id)).toEqual(["b"]);
    expect(outgoing(record(entry, put(moved(a, 9))))?.request.upsert).toHaveLength(2);
  });

  it("of the whole keeps all until someone gives it up", () => {
    const entry = refused(record(EMPTY, put(a, b)), "Gone.", null);
    expect(outgoing(entry)).toBeNull();
    expect(size(entry)).toBe(2);
    expect(isSettled(discarded(entry))).toBe(true);
  });
});

it("joins the notes of two visits: the newer wins, on the older base", () => {
  const older = record(blank(7, "shore.jpg", 2), put(moved(a, 11), b));
  const newer = record(blank(7, "shore.jpg", 6), put(moved(a, 12)));
  const both = joined(older, newer);
  expect(both.base).toBe(2);
  expect([...unsaved(both)]).toEqual([
    ["a", moved(a, 12)],
    ["b", b],
  ]);
  expect(isSettled(acknowledged(both, outgoing(both)!, 7, new Map()))).toBe(true);
});

it("survives JSON", () => {
  const entry = recordMove(record(EMPTY, [...put(a), { id: "b", before: null, after: null }]), {
    queue: "labelled",
  });
  expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
});

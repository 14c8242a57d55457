import { describe, expect, it } from "vitest";
import { type Annotation, newAnnotation } from "./annotation";
import { commit, type Document, difference, documentOf, ordered, rebased, redo, undo } from "./document";
import { recalled, upToDate } from "./recalling";

const BOX = { x_min: 1, y_min: 2, x_max: 30, y_max: 40 };
const a = newAnnotation("a", 1, BOX);
const b = newAnnotation("b", 2, BOX);
const LABELS = new Set([1, 2, 9]);

describe("steps of an earlier visit", () => {
  const moved = { ...a, box: { ...BOX, x_max: 50 } };
  const relabelled = { ...a, label: 9 };
  const put = (document: Document, ...after: Annotation[]): Document =>
    commit(
      document,
      after.map((one) => ({ id: one.id, after: one })),
    );
  const gone = (document: Document, id: string): Document => commit(document, [{ id, after: null }]);
  /** How many steps can be taken back and repeated once the image shows these. */
  const left = (document: Document, now: readonly Annotation[], labels = LABELS): [number, number] => {
    const { past, future } = recalled(documentOf(now), document, labels);
    return [past.length, future.length];
  };
  /** Draws a, draws b, relabels a. */
  const three = put(put(put(documentOf([]), a), b), relabelled);

  it.each<[string, [number, number], [number, number]]>([
    ["nobody changed anything", left(three, [relabelled, b]), [3, 0]],
    ["a colleague moved what the last step relabelled", left(three, [{ ...moved, label: 9 }, b]), [0, 0]],
    ["a colleague moved what an earlier step drew", left(three, [relabelled, { ...b, label: 9 }]), [1, 0]],
    ["a colleague deleted what the last step changed", left(three, [b]), [0, 0]],
    ["a colleague drew beside", left(three, [relabelled, b, newAnnotation("c", 3, BOX)]), [3, 0]],
    ["an older revision was restored", left(three, [a, b]), [0, 0]],
    ["the label was merged into another", left(three, [{ ...a, label: 2 }, b]), [0, 0]],
    ["the label that undo would bring back is gone", left(three, [relabelled, b], new Set([2, 9])), [0, 0]],
    ["all was taken back", left(undo(undo(undo(three))), []), [0, 3]],
    ["the label that redo would bring back is gone", left(undo(three), [a, b], new Set([1, 2])), [2, 0]],
    ["somebody drew again what undo took away", left(undo(undo(three)), [a, b]), [1, 0]],
    ["a deletion is taken back where nobody made it again", left(gone(three, "b"), [relabelled]), [4, 0]],
    ["somebody brought back what was deleted", left(gone(three, "b"), [relabelled, b]), [0, 0]],
    [
      "a whole image that has a label by now gets no second one",
      left(gone(documentOf([newAnnotation("w", 1, null)]), "w"), [newAnnotation("v", 2, null)]),
      [0, 0],
    ],
  ])("stay as far as they stand: %s", (_what, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("lie under what was done since, which has no future to repeat", () => {
    const now = put(documentOf([a, b]), moved);
    const both = recalled(now, undo(three), LABELS);
    expect([both.past.length, both.future.length]).toEqual([3, 0]);
    expect(ordered(undo(undo(both)))).toEqual([a]);
    expect(recalled(undo(now), undo(three), LABELS).future).toEqual(undo(now).future);
  });

  it("put away again what they put away, so that undo brings it back", () => {
    const away = commit(documentOf([]), [], ["s"]);
    const now = recalled(documentOf([]), away, LABELS);
    expect([...now.rejected]).toEqual(["s"]);
    expect(undo(now).rejected.size).toBe(0);
  });

  it("leave as a colleague's change overtakes them", () => {
    const before = put(documentOf([a]), moved, b);
    const theirs = rebased(before, [{ ...moved, label: 2 }, b], new Map());
    expect(upToDate(theirs, LABELS).past).toEqual([]);
    expect(upToDate(before, LABELS)).toEqual(before);
  });

  it("never take back what somebody else did, whatever it was", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed);
      const change = (): { id: string; after: Annotation | null } => {
        const id = "abcd"[random(4)] ?? "a";
        return { id, after: random(4) === 0 ? null : newAnnotation(id, 1 + random(2), BOX) };
      };
      const many = (count: number) => Array.from({ length: count }, change);
      let mine = documentOf(many(3).flatMap(({ after }) => after ?? []));
      for (let steps = random(12); steps > 0; steps -= 1)
        mine = random(4) === 0 ? undo(mine) : commit(mine, uniqueById(many(1 + random(2))));
      const theirs = commit({ ...mine, past: [], future: [] }, uniqueById(many(random(3))));
      const changed = difference(mine, theirs).map(({ id }) => id);
      const now = recalled(documentOf(ordered(theirs)), mine, LABELS);
      const walk = (document: Document, how: typeof undo): void => {
        const next = how(document);
        if (next === document) return;
        for (const { id } of difference(document, next)) expect(changed).not.toContain(id);
        walk(next, how);
      };
      walk(now, undo);
      walk(now, redo);
    }
  });
});

function uniqueById<T extends { id: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** Whole numbers below the one that is asked for, the same for each seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
}

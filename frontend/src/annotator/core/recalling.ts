/** Which steps of an earlier visit can still be taken back, or repeated. */
import { type Annotation, type LabelId, sameAnnotation } from "./annotation";
import type { Change, Document, History, HistoryStep } from "./document";

/**
 * With the steps of this history under what was done since. A step stays as long as it finds what it changes as it left
 * it, and brings back no label that is gone: from the newest one on, up to the first of which that is not so.
 */
export function recalled(document: Document, history: History, labels: ReadonlySet<LabelId>): Document {
  const start = new Map(document.annotations);
  for (const step of [...document.past].reverse()) go(start, step, BACK);
  const past = standing(start, history.past, BACK, labels);
  const isUntouched = document.past.length + document.future.length === 0;
  return {
    ...document,
    rejected: new Set([...document.rejected, ...past.flatMap(({ rejected }) => rejected)]),
    past: [...past, ...document.past],
    future: isUntouched ? standing(start, history.future, FORTH, labels) : document.future,
  };
}

/** Without the steps that others' changes have overtaken. */
export function upToDate(document: Document, labels: ReadonlySet<LabelId>): Document {
  return recalled({ ...document, past: [], future: [] }, document, labels);
}

interface Way {
  readonly from: "before" | "after";
  readonly to: "before" | "after";
}

const BACK: Way = { from: "after", to: "before" };
const FORTH: Way = { from: "before", to: "after" };

type Annotations = Map<string, Annotation>;

function standing(
  start: ReadonlyMap<string, Annotation>,
  steps: readonly HistoryStep[],
  way: Way,
  labels: ReadonlySet<LabelId>,
): readonly HistoryStep[] {
  const now: Annotations = new Map(start);
  const isKnown = (change: Change): boolean => {
    const { [way.from]: was, [way.to]: next } = change;
    return sameAnnotation(now.get(change.id) ?? null, was) && (next === null || labels.has(next.label));
  };
  const stands = (step: HistoryStep): boolean => {
    if (!step.changes.every(isKnown)) return false;
    go(now, step, way);
    // A whole image has one label.
    return now.size < 2 || step.changes.every((change) => change[way.to]?.box !== null);
  };
  const last = steps.findLastIndex((step) => !stands(step));
  return steps.slice(last + 1);
}

function go(annotations: Annotations, { changes }: HistoryStep, { to }: Way): void {
  for (const { id, [to]: next } of changes) {
    if (next) annotations.set(id, next);
    else annotations.delete(id);
  }
}

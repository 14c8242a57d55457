/** The annotations of one image with their undo history; every change gives a new document. */
import { type Annotation, sameAnnotation } from "./annotation";

export interface Change {
  readonly id: string;
  readonly before: Annotation | null;
  readonly after: Annotation | null;
}

/** What one gesture or command changed; undo takes it back as a whole. */
export interface HistoryStep {
  readonly changes: readonly Change[];
  /** Suggestions that it put away. */
  readonly rejected: readonly string[];
  /** When the last of a row of nudges came, in milliseconds. */
  readonly nudged?: number;
}

/** Steps that can be taken back, and steps that were; of both the last one is next. */
export interface History {
  readonly past: readonly HistoryStep[];
  readonly future: readonly HistoryStep[];
}

export interface Document extends History {
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** Suggestions that were put away on this visit. */
  readonly rejected: ReadonlySet<string>;
}

const MAX_PAST = 500;
/** A nudge that comes within this time goes on with the one before. */
const ROW_MS = 1_000;

export function documentOf(annotations: readonly Annotation[]): Document {
  const byId = new Map(annotations.map((one) => [one.id, one]));
  return { annotations: byId, rejected: new Set(), past: [], future: [] };
}

/** Oldest first (ids are time-ordered), which is also the order of painting. */
export function ordered(document: Document): readonly Annotation[] {
  const known = orders.get(document.annotations);
  if (known) return known;
  const order = [...document.annotations.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  orders.set(document.annotations, order);
  return order;
}

const orders = new WeakMap<ReadonlyMap<string, Annotation>, readonly Annotation[]>();

function applied(
  annotations: ReadonlyMap<string, Annotation>,
  changes: readonly Change[],
): ReadonlyMap<string, Annotation> {
  if (changes.length === 0) return annotations;
  const next = new Map(annotations);
  for (const { id, after } of changes) {
    if (after) next.set(id, after);
    else next.delete(id);
  }
  return next;
}

function reversed(changes: readonly Change[]): readonly Change[] {
  return changes.map(({ id, before, after }) => ({ id, before: after, after: before }));
}

/** Puts annotations in place (null deletes) and suggestions away, as one step of the history. What changes nothing
 * leaves no step. */
export function commit(
  document: Document,
  wanted: readonly { id: string; after: Annotation | null }[],
  putAway: readonly string[] = [],
): Document {
  const changes = wanted
    .map(({ id, after }) => ({ id, before: document.annotations.get(id) ?? null, after }))
    .filter(({ before, after }) => !sameAnnotation(before, after));
  const rejected = putAway.filter((id) => !document.rejected.has(id));
  if (changes.length + rejected.length === 0) return document;
  return {
    annotations: applied(document.annotations, changes),
    rejected: withThese(document.rejected, rejected),
    past: [...document.past, { changes, rejected }].slice(-MAX_PAST),
    future: [],
  };
}

/** A nudge at this time. A row of them, of a key that is held or pressed quickly, is one step. */
export function nudge(
  document: Document,
  wanted: readonly { id: string; after: Annotation }[],
  at: number,
): Document {
  const next = commit(document, wanted);
  const [last, step] = [document.past.at(-1), next.past.at(-1)];
  if (next === document || !step) return document;
  if (!last || !goesOn(last, step, at))
    return { ...next, past: [...next.past.slice(0, -1), { ...step, nudged: at }] };
  const changes = inOne(last.changes, step.changes);
  const row = changes.length === 0 ? [] : [{ ...last, changes, nudged: at }];
  return { ...next, past: [...document.past.slice(0, -1), ...row] };
}

/** Whether this nudge goes on with the last step. */
function goesOn(last: HistoryStep, { changes }: HistoryStep, at: number): boolean {
  const isQuick = last.nudged !== undefined && Math.abs(at - last.nudged) < ROW_MS;
  return isQuick && changes.every(({ id }) => last.changes.some((change) => change.id === id));
}

function inOne(first: readonly Change[], second: readonly Change[]): readonly Change[] {
  const after = new Map(second.map((change) => [change.id, change.after]));
  return first
    .map((change) => ({ ...change, after: after.get(change.id) ?? change.after }))
    .filter((change) => !sameAnnotation(change.before, change.after));
}

function withThese(all: ReadonlySet<string>, these: readonly string[]): ReadonlySet<string> {
  return these.length === 0 ? all : new Set([...all, ...these]);
}

function without(all: ReadonlySet<string>, these: readonly string[]): ReadonlySet<string> {
  return these.length === 0 ? all : new Set([...all].filter((id) => !these.includes(id)));
}

export function undo(document: Document): Document {
  const step = document.past.at(-1);
  if (!step) return document;
  return {
    annotations: applied(document.annotations, reversed(step.changes)),
    rejected: without(document.rejected, step.rejected),
    past: document.past.slice(0, -1),
    future: [...document.future, step],
  };
}

export function redo(document: Document): Document {
  const step = document.future.at(-1);
  if (!step) return document;
  return {
    annotations: applied(document.annotations, step.changes),
    rejected: withThese(document.rejected, step.rejected),
    past: [...document.past, step],
    future: document.future.slice(0, -1),
  };
}

/** Takes over the server's state, but keeps what is still unsaved here (null: deleted here). History stays. */
export function rebased(
  document: Document,
  server: readonly Annotation[],
  unsaved: ReadonlyMap<string, Annotation | null>,
): Document {
  const next = new Map(server.map((one) => [one.id, one]));
  for (const [id, mine] of unsaved) {
    if (mine) next.set(id, mine);
    else next.delete(id);
  }
  return { ...document, annotations: next };
}

/** What must be saved to get from one document to the other. */
export function difference(before: Document, after: Document): Change[] {
  if (before.annotations === after.annotations) return [];
  const changes: Change[] = [];
  for (const [id, now] of after.annotations) {
    const was = before.annotations.get(id) ?? null;
    if (was !== now && !sameAnnotation(was, now)) changes.push({ id, before: was, after: now });
  }
  for (const [id, was] of before.annotations) {
    if (!after.annotations.has(id)) changes.push({ id, before: was, after: null });
  }
  return changes;
}

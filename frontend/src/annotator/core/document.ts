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
}

export interface Document {
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** Suggestions that were put away on this visit. */
  readonly rejected: ReadonlySet<string>;
  readonly past: readonly HistoryStep[];
  readonly future: readonly HistoryStep[];
}

const MAX_PAST = 500;

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

/** An image's revisions as what each changed, and as the entries that people read. */
import type { PastState, Queue, RevisedAnnotation, Revision } from "../../../api/types";

export type Rows = ReadonlyMap<string, RevisedAnnotation>;

/** An image at one revision. */
export interface Standing {
  readonly queue: Queue;
  readonly skip_reason: string;
  readonly rows: Rows;
}

/** Null: it was not there. */
export interface RowChange {
  readonly id: string;
  readonly before: RevisedAnnotation | null;
  readonly after: RevisedAnnotation | null;
}

/** A revision and what stood before and after it. */
export interface Deed {
  readonly revision: Revision;
  readonly before: Standing;
  readonly after: Standing;
}

/** One line of the history: a revision, or several of one sitting. Oldest first, never empty. */
export interface Entry {
  readonly deeds: readonly [Deed, ...Deed[]];
  readonly first: Deed;
  readonly last: Deed;
  /** Of the last revision. */
  readonly number: number;
}

export const NEW: Standing = { queue: "unlabelled", skip_reason: "", rows: new Map() };

export function standingOf({ queue, skip_reason, annotations }: PastState): Standing {
  return { queue, skip_reason, rows: new Map(annotations.map((row) => [row.id, row])) };
}

/** Revisions and deeds are given oldest first. */
export function deedsOf(start: Standing, revisions: readonly Revision[]): Deed[] {
  let before = start;
  return revisions.map((revision) => {
    const after = advanced(before, revision);
    const deed = { revision, before, after };
    before = after;
    return deed;
  });
}

function advanced({ rows }: Standing, { upserted, deleted, queue, skip_reason }: Revision): Standing {
  if (upserted.length + deleted.length === 0) return { queue, skip_reason, rows };
  const next = new Map(rows);
  for (const row of upserted) next.set(row.id, row);
  for (const id of deleted) next.delete(id);
  return { queue, skip_reason, rows: next };
}

const PAUSE_MS = 5 * 60_000;
const SITTING_MS = 30 * 60_000;

/** Newest first. What one person saved with short pauses is one entry. */
export function entriesOf(deeds: readonly Deed[]): Entry[] {
  const sittings: [Deed, ...Deed[]][] = [];
  for (const deed of deeds) {
    const sitting = sittings.at(-1);
    if (sitting && goesOn(sitting, deed)) sitting.push(deed);
    else sittings.push([deed]);
  }
  return sittings.map(entryOf).reverse();
}

export function entryOf(deeds: readonly [Deed, ...Deed[]]): Entry {
  const [first] = deeds;
  const last = deeds.at(-1) ?? first;
  return { deeds, first, last, number: last.revision.number };
}

function goesOn(sitting: readonly [Deed, ...Deed[]], deed: Deed): boolean {
  const { first, last } = entryOf(sitting);
  const { author } = deed.revision;
  const isSame = author !== null && author.id === last.revision.author?.id;
  const [begun, before, now] = [first, last, deed].map(({ revision }) => Date.parse(revision.created_at));
  const isSoon = (now ?? 0) - (before ?? 0) <= PAUSE_MS && (now ?? 0) - (begun ?? 0) <= SITTING_MS;
  return isSame && isSoon && isByHand(last) && isByHand(deed);
}

/** Not one that came all at once, which people look for by itself. */
function isByHand(deed: Deed): boolean {
  const { restored, merged_label } = deed.revision;
  return restored === null && merged_label === "" && !isImport(deed);
}

export function isImport({ revision, before }: Deed): boolean {
  const { upserted } = revision;
  return (
    upserted.length > 0 && upserted.every(({ id, source }) => source === "import" && !before.rows.has(id))
  );
}

/** What is different after these deeds. */
export function changesOf({ first, last }: Pick<Entry, "first" | "last">): RowChange[] {
  const [was, now] = [first.before.rows, last.after.rows];
  if (was === now) return [];
  const ids = new Set([...was.keys(), ...now.keys()]);
  return [...ids].flatMap((id) => {
    const [before, after] = [was.get(id) ?? null, now.get(id) ?? null];
    return before === after || (before && after && isSame(before, after)) ? [] : { id, before, after };
  });
}

function isSame(a: RevisedAnnotation, b: RevisedAnnotation): boolean {
  return !isMoved(a, b) && !isRelabelled(a, b) && !isMarked(a, b);
}

const SIDES = ["x_min", "y_min", "x_max", "y_max"] as const;

export function isMoved(a: RevisedAnnotation, b: RevisedAnnotation): boolean {
  return SIDES.some((side) => Math.abs((a[side] ?? 0) - (b[side] ?? 0)) >= 0.01);
}

export function isRelabelled(a: RevisedAnnotation, b: RevisedAnnotation): boolean {
  return a.label !== b.label;
}

/** Its flags, or what tools noted beside them. */
export function isMarked(a: RevisedAnnotation, b: RevisedAnnotation): boolean {
  const [mine, theirs] = [Object.entries(a.attributes ?? {}), b.attributes ?? {}];
  return mine.length !== Object.keys(theirs).length || mine.some(([name, value]) => theirs[name] !== value);
}

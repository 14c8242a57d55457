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

/** A revision and what it changed. */
export interface Deed {
  readonly revision: Revision;
  /** Where the image was before. */
  readonly from: Pick<Standing, "queue" | "skip_reason">;
  readonly changes: readonly RowChange[];
}

/** One line of the history: a revision, or several of one sitting, oldest first. */
export interface Entry {
  readonly deeds: readonly [Deed, ...Deed[]];
  readonly first: Deed;
  readonly last: Deed;
  /** Of the last revision. */
  readonly number: number;
  /** What is different in the end. */
  readonly changes: readonly RowChange[];
}

export const NEW: Standing = { queue: "unlabelled", skip_reason: "", rows: new Map() };

export function standingOf({ queue, skip_reason, annotations }: PastState): Standing {
  return { queue, skip_reason, rows: new Map(annotations.map((row) => [row.id, row])) };
}

/** Revisions and deeds are given oldest first. */
export function deedsOf(start: Standing, revisions: readonly Revision[]): Deed[] {
  const rows = new Map(start.rows);
  return revisions.map((revision, at) => ({
    revision,
    from: revisions[at - 1] ?? start,
    changes: applied(rows, revision),
  }));
}

/** What stood after a revision. */
export function rowsAt(start: Standing, revisions: readonly Revision[], number: number): Rows {
  const rows = new Map(start.rows);
  for (const revision of revisions) if (revision.number <= number) applied(rows, revision);
  return rows;
}

/** Changes the rows, and tells how. */
function applied(rows: Map<string, RevisedAnnotation>, { upserted, deleted }: Revision): RowChange[] {
  const changes: RowChange[] = [];
  for (const after of upserted) {
    changes.push({ id: after.id, before: rows.get(after.id) ?? null, after });
    rows.set(after.id, after);
  }
  for (const id of deleted) {
    changes.push({ id, before: rows.get(id) ?? null, after: null });
    rows.delete(id);
  }
  return changes;
}

const PAUSE_MS = 5 * 60_000;
const SITTING_MS = 30 * 60_000;

/** Newest first. What one person saved with short pauses is one entry. */
export function entriesOf(deeds: readonly Deed[]): Entry[] {
  const sittings: [Deed, ...Deed[]][] = [];
  for (const deed of deeds) {
    const sitting = sittings.at(-1);
    if (sitting && goesOn(sitting[0], sitting.at(-1) ?? sitting[0], deed)) sitting.push(deed);
    else sittings.push([deed]);
  }
  return sittings.map(entryOf).reverse();
}

export function entryOf(deeds: readonly [Deed, ...Deed[]]): Entry {
  const [first] = deeds;
  const last = deeds.at(-1) ?? first;
  return { deeds, first, last, number: last.revision.number, changes: netOf(deeds) };
}

/** What is different after these deeds. */
function netOf(deeds: readonly Deed[]): RowChange[] {
  const net = new Map<string, RowChange>();
  for (const { changes } of deeds)
    for (const { id, before, after } of changes) {
      const earlier = net.get(id);
      net.set(id, { id, before: earlier ? earlier.before : before, after });
    }
  return [...net.values()].filter(({ before, after }) =>
    before && after ? !isSame(before, after) : before !== after,
  );
}

function goesOn(first: Deed, last: Deed, deed: Deed): boolean {
  const { author } = deed.revision;
  const isTheirs = author !== null && author.id === last.revision.author?.id;
  const isSoon = timeOf(deed) - timeOf(last) <= PAUSE_MS && timeOf(deed) - timeOf(first) <= SITTING_MS;
  return isTheirs && isSoon && isByHand(last) && isByHand(deed);
}

function timeOf({ revision }: Deed): number {
  return Date.parse(revision.created_at);
}

/** Not one that came all at once, which people look for by itself. */
function isByHand(deed: Deed): boolean {
  const { restored, merged_label } = deed.revision;
  return restored === null && merged_label === "" && !isImport(deed);
}

export function isImport({ changes }: Deed): boolean {
  return changes.length > 0 && changes.every(({ before, after }) => !before && after?.source === "import");
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

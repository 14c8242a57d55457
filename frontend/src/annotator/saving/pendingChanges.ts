/**
 * What is not saved yet, per image: plain data and pure steps. Every change is written down here before the
 * network hears of it, and crossed out only when the server has acknowledged that very change.
 */
import type { Queue, SaveRequest } from "../../api/types";
import { type Annotation, sameAnnotation } from "../core/annotation";
import { mergedFields } from "./fieldMerge";
import { toContent } from "./wire";

/** An annotation's new state; null deletes it. */
export type Value = Annotation | null;

/** What one change makes of an annotation that was as `before`. */
export interface Recorded {
  readonly id: string;
  readonly before: Value;
  readonly after: Value;
}

interface Unsaved<T> {
  readonly value: T;
  /** Counts the entry's changes: an acknowledgement crosses out only what it carried. */
  readonly turn: number;
}

/** A move between queues; a skip may say why. */
export interface Move {
  readonly queue: Queue;
  readonly reason?: string;
}

interface Change extends Unsaved<Value> {
  /** What this person saw before the change; missing in notes of an earlier version. */
  readonly was?: Value;
}

export type PutAway = Readonly<Record<string, Unsaved<boolean>>>;

/** What the server will not have, and why. `ids` null means the whole entry. */
export interface Refusal {
  readonly reason: string;
  readonly ids: readonly string[] | null;
  /** The move between queues is held back too. */
  readonly queue: boolean;
}

export interface Entry {
  readonly image: number;
  readonly name: string;
  /** The revision that these changes rest on. */
  readonly base: number;
  readonly turn: number;
  readonly changes: Readonly<Record<string, Change>>;
  readonly queue: (Unsaved<Queue> & Pick<Move, "reason">) | null;
  /** Suggestions: put away, or suggested again (false). Missing in notes of an earlier version. */
  readonly putAway?: PutAway;
  /** Sent but never acknowledged: when the server shows one of these, it is ours, not a colleague's. */
  readonly tried: Readonly<Record<string, readonly Value[]>>;
  /** The other side of each change that a colleague made to the same annotation. */
  readonly conflicts: Readonly<Record<string, Value>>;
  /** Names of those who made these changes; missing in notes of an earlier version. */
  readonly changedBy?: readonly string[];
  readonly refused: Refusal | null;
}

/** What one request carries, and the turns it acknowledges. */
export interface Outgoing {
  readonly request: SaveRequest;
  readonly turns: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, Value>>;
  readonly queueTurn: number | null;
  readonly putAway: PutAway;
}

export function blank(image: number, name: string, base: number): Entry {
  return { image, name, base, turn: 0, changes: {}, queue: null, tried: {}, conflicts: {}, refused: null };
}

export function isSettled(entry: Entry): boolean {
  return size(entry) === 0;
}

function without<T>(record: Readonly<Record<string, T>>, ids: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(id)));
}

/** Adds changes. A refused annotation that is changed again is sent again. */
export function record(entry: Entry, changes: readonly Recorded[]): Entry {
  const turn = entry.turn + 1;
  const seen = ({ id, before }: Recorded): Pick<Change, "was"> => {
    const pending = entry.changes[id];
    return pending ? { ...("was" in pending ? { was: pending.was } : {}) } : { was: before };
  };
  const fresh = Object.fromEntries(
    changes.map((change) => [change.id, { value: change.after, turn, ...seen(change) }]),
  );
  return {
    ...entry,
    turn,
    changes: { ...entry.changes, ...fresh },
    refused: retried(entry.refused, Object.keys(fresh)),
  };
}

/** What stays refused once these annotations changed again. */
function retried(refused: Refusal | null, ids: readonly string[]): Refusal | null {
  if (!refused?.ids) return null;
  const left = refused.ids.filter((id) => !ids.includes(id));
  return left.length > 0 || refused.queue ? { ...refused, ids: left } : null;
}

export function recordMove(entry: Entry, { queue, ...said }: Move): Entry {
  const turn = entry.turn + 1;
  const refused = entry.refused && { ...entry.refused, queue: false };
  return { ...entry, turn, queue: { value: queue, turn, ...said }, refused: retried(refused, []) };
}

/** Suggestions that this person put away, or has suggested again (false). */
export function recordPutAway(entry: Entry, ids: readonly string[], value: boolean): Entry {
  const turn = entry.turn + 1;
  const fresh = Object.fromEntries(ids.map((id) => [id, { value, turn }]));
  return { ...entry, turn, putAway: { ...entry.putAway, ...fresh } };
}

/** The next request, or null when nothing can go: all is saved, waits for a decision, or was refused. */
export function outgoing(entry: Entry): Outgoing | null {
  if (entry.refused && entry.refused.ids === null) return null;
  const held = new Set([...Object.keys(entry.conflicts), ...(entry.refused?.ids ?? [])]);
  const ready = Object.entries(entry.changes).filter(([id]) => !held.has(id));
  const queue = entry.refused?.queue ? null : entry.queue;
  const { putAway = {} } = entry;
  if (ready.length === 0 && queue === null && Object.keys(putAway).length === 0) return null;
  const request: SaveRequest = {
    base_revision: entry.base,
    upsert: ready.flatMap(([id, { value, was }]) =>
      value ? { ...emptied([was, ...(entry.tried[id] ?? [])]), ...toContent(value) } : [],
    ),
    delete: ready.flatMap(([id, { value }]) => (value ? [] : [id])),
  };
  if (queue) request.queue = queue.value;
  if (queue?.reason !== undefined) request.skip_reason = queue.reason;
  // The class of a whole image finishes it; boxes do not, as more may come.
  if (request.upsert.some(({ x_min }) => x_min !== undefined) || queue?.value === "unlabelled")
    request.draft = true;
  const turns = Object.fromEntries(ready.map(([id, { turn }]) => [id, turn]));
  const values = Object.fromEntries(ready.map(([id, { value }]) => [id, value]));
  return { request, turns, values, queueTurn: queue?.turn ?? null, putAway };
}

/** What the server has of attributes stays where a save sends none: those that it may have are taken away. */
function emptied(known: readonly (Value | undefined)[]): { attributes?: Record<string, never> } {
  return known.some((one) => one?.attributes) ? { attributes: {} } : {};
}

/** Remembers what is on its way, before it goes. */
export function sent(entry: Entry, out: Outgoing): Entry {
  const tried: Record<string, readonly Value[]> = { ...entry.tried };
  for (const id of Object.keys(out.turns)) {
    const value = entry.changes[id]?.value ?? null;
    const before = tried[id] ?? [];
    if (!before.some((one) => sameAnnotation(one, value))) tried[id] = [...before, value].slice(-8);
  }
  return { ...entry, tried };
}

/**
 * Crosses out what this request carried, unless it changed again meanwhile. What is still pending goes on from
 * `revision`, on what the server shows there.
 */
export function acknowledged(
  entry: Entry,
  out: Outgoing,
  revision: number,
  current: ReadonlyMap<string, Annotation>,
): Entry {
  const done = Object.keys(out.turns).filter((id) => entry.changes[id]?.turn === out.turns[id]);
  const left = Object.entries(without(entry.changes, done)).map(([id, change]) => [
    id,
    id in out.values ? { ...change, was: out.values[id] } : change,
  ]);
  const heard = Object.keys(out.putAway).filter((id) => entry.putAway?.[id]?.turn === out.putAway[id]?.turn);
  const pending = {
    ...entry,
    changes: Object.fromEntries(left) as Entry["changes"],
    putAway: without(entry.putAway ?? {}, heard),
  };
  return {
    ...overtaken(pending, current),
    base: Math.max(entry.base, revision),
    queue: entry.queue && entry.queue.turn === out.queueTurn ? null : entry.queue,
    tried: without(entry.tried, Object.keys(out.turns)),
  };
}

/**
 * The server refused a save because the annotations `ids` have changed there. If theirs equals ours, our change is
 * done. If theirs equals something we sent earlier, it is ours: our newer change is sent again. Where different fields
 * changed, both are kept. Otherwise it is a conflict, which a person decides. The other changes are sent again, based
 * on `revision`.
 */
export function conflicted(
  entry: Entry,
  revision: number,
  current: ReadonlyMap<string, Annotation>,
  ids: readonly string[],
  changedBy: readonly string[],
): Entry {
  const agreed = ids.filter((id) => {
    const mine = entry.changes[id];
    return mine && sameAnnotation(mine.value, current.get(id) ?? null);
  });
  const rest = overtaken({ ...entry, changes: without(entry.changes, agreed) }, current);
  const conflicts: Record<string, Value> = { ...rest.conflicts };
  for (const id of ids) {
    // An earlier version's note does not say what was seen.
    const mine = rest.changes[id];
    if (mine && !("was" in mine) && !isOurs(entry, id, current.get(id) ?? null))
      conflicts[id] = current.get(id) ?? null;
  }
  return { ...rest, base: revision, conflicts, changedBy };
}

/** Whether this person sent it, and never heard that it arrived. */
function isOurs(entry: Entry, id: string, theirs: Value): boolean {
  return (entry.tried[id] ?? []).some((value) => sameAnnotation(value, theirs));
}

/** What is pending, on top of what the server shows now: by field where somebody else changed it, or as a conflict. */
function overtaken(entry: Entry, current: ReadonlyMap<string, Annotation>): Entry {
  const changes: Record<string, Change> = { ...entry.changes };
  const conflicts: Record<string, Value> = { ...entry.conflicts };
  for (const [id, change] of Object.entries(entry.changes)) {
    const { was, value } = change;
    const theirs = current.get(id) ?? null;
    if (was === undefined || sameAnnotation(theirs, was)) continue;
    const merged = was && theirs && value && mergedFields(was, theirs, value);
    if (isOurs(entry, id, theirs) || sameAnnotation(theirs, value)) changes[id] = { ...change, was: theirs };
    else if (merged) changes[id] = { ...change, value: merged, was: theirs };
    else conflicts[id] = theirs;
  }
  return { ...entry, changes, conflicts };
}

/** Keeps our state of an annotation over the colleague's: it is sent anew, on top of theirs. */
export function keptMine(entry: Entry, id: string): Entry {
  const change = entry.changes[id];
  const seen = change && { [id]: { ...change, was: entry.conflicts[id] ?? null } };
  return { ...entry, changes: { ...entry.changes, ...seen }, conflicts: without(entry.conflicts, [id]) };
}

/** Gives up our state of an annotation for the colleague's. */
export function tookTheirs(entry: Entry, id: string): Entry {
  return { ...entry, conflicts: without(entry.conflicts, [id]), changes: without(entry.changes, [id]) };
}

export function refused(entry: Entry, reason: string, ids: readonly string[] | null): Entry {
  const known = ids?.filter((id) => entry.changes[id]) ?? null;
  const earlier = entry.refused?.ids ?? [];
  const all = known && known.length > 0 ? [...new Set([...earlier, ...known])] : null;
  return { ...entry, refused: { reason, ids: all, queue: entry.refused?.queue ?? false } };
}

/** The server will not have the move that `out` carried; the annotations go on without it. */
export function moveRefused(entry: Entry, out: Outgoing, reason: string): Entry {
  if (entry.queue?.turn !== out.queueTurn) return entry;
  return { ...entry, refused: { reason, ids: entry.refused?.ids ?? [], queue: true } };
}

/** The person gave up what the server will not have. */
export function discarded(entry: Entry): Entry {
  if (!entry.refused) return entry;
  const { ids, queue } = entry.refused;
  if (ids === null) return blank(entry.image, entry.name, entry.base);
  return {
    ...entry,
    changes: without(entry.changes, ids),
    conflicts: without(entry.conflicts, ids),
    queue: queue ? null : entry.queue,
    refused: null,
  };
}

/** A later visit tries again what was refused. */
export function revived(entry: Entry): Entry {
  return { ...entry, refused: null };
}

/** One entry from two about the same image. The newer changes win. The older base is kept, so that the server
 * still checks for conflicts from there on. */
export function joined(older: Entry, newer: Entry): Entry {
  const raise = older.turn;
  const changes = Object.fromEntries(
    Object.entries(newer.changes).map(([id, change]) => {
      const first = older.changes[id] ?? change;
      const seen = "was" in first ? { was: first.was } : {};
      return [id, { value: change.value, turn: change.turn + raise, ...seen }];
    }),
  );
  const tried: Record<string, readonly Value[]> = { ...older.tried };
  for (const [id, values] of Object.entries(newer.tried)) tried[id] = [...(tried[id] ?? []), ...values];
  return {
    ...newer,
    base: Math.min(older.base, newer.base),
    turn: newer.turn + raise,
    changes: { ...older.changes, ...changes },
    queue: newer.queue ? { ...newer.queue, turn: newer.queue.turn + raise } : older.queue,
    putAway: { ...older.putAway, ...newer.putAway },
    tried,
    conflicts: { ...older.conflicts, ...newer.conflicts },
  };
}

/** Who is on the other side of its conflicts, in words. */
export function rivals({ changedBy = [] }: Pick<Entry, "changedBy">): string {
  return changedBy.length > 0 ? changedBy.join(" and ") : "Someone else";
}

/** The unsaved state of each annotation that has one, by id; null where it was deleted. */
export function unsaved(entry: Entry | undefined): Map<string, Value> {
  return new Map(Object.entries(entry?.changes ?? {}).map(([id, { value }]) => [id, value]));
}

/** Suggestions whose answer is unsaved: those that were put away, or those that are to be suggested again (false). */
export function unsavedPutAway(entry: Entry | undefined, isAway: boolean): string[] {
  return Object.entries(entry?.putAway ?? {}).flatMap(([id, { value }]) => (value === isAway ? id : []));
}

/** How many changes a refusal holds back. */
export function refusedCount(entry: Entry): number {
  if (!entry.refused) return 0;
  const { ids, queue } = entry.refused;
  return ids === null ? size(entry) : ids.length + (queue ? 1 : 0);
}

/** How many changes wait. */
export function size({ changes, queue, putAway = {} }: Entry): number {
  return Object.keys(changes).length + (queue ? 1 : 0) + Object.keys(putAway).length;
}

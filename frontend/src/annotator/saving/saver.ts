/** Brings the pending changes to the server: coalesces, retries, merges, and never drops anything silently. */
import type { AnnotationState, SaveRequest } from "../../api/types";
import type { Annotation } from "../core/annotation";
import type { ChangeStorage } from "./changeStorage";
import type { Later } from "./later";
import {
  acknowledged,
  blank,
  conflicted,
  discarded,
  type Entry,
  isSettled,
  joined,
  keptMine,
  type Move,
  moveRefused,
  type Outgoing,
  outgoing,
  type PutAway,
  type Recorded,
  record,
  recordMove,
  recordPutAway,
  refused,
  revived,
  sent,
  tookTheirs,
} from "./pendingChanges";
import { outcomeOf } from "./saveOutcome";
import { type SavingStatus, statusOf } from "./savingStatus";
import { fromWire } from "./wire";

export type SendSave = (
  image: number,
  request: SaveRequest,
  leaving: boolean,
  putAway: PutAway,
) => Promise<AnnotationState>;

export interface SaverEvents {
  /** Something about the status changed. */
  onStatus(status: SavingStatus): void;
  /** The server's state of an image, after a save or a conflict. */
  onState(image: number, state: AnnotationState): void;
}

/** Changes within this time go together. */
const QUIET_MS = 250;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const MAX_IN_FLIGHT = 3;

export class Saver {
  private readonly entries = new Map<number, Entry>();
  private readonly inFlight = new Set<number>();
  private stopTimer: () => void = () => {};
  private failures = 0;
  private trouble: SavingStatus["trouble"] = null;
  /** Images whose changes this browser does not keep, or is only about to. */
  private readonly unkept = new Map<number, false | Promise<boolean>>();

  constructor(
    private readonly storage: ChangeStorage,
    private readonly send: SendSave,
    private readonly later: Later,
    private readonly events: SaverEvents,
  ) {}

  entry(image: number): Entry | undefined {
    return this.entries.get(image);
  }

  get status(): SavingStatus {
    return statusOf([...this.entries.values()], this.trouble, this.unkept.size === 0);
  }

  /** Writes changes down (on this device, at once) and sends them soon. */
  record(image: { id: number; name: string }, revision: number, changes: readonly Recorded[]): void {
    if (changes.length === 0) return;
    this.update(record(this.entryOf(image, revision), changes));
    this.soon(QUIET_MS);
  }

  recordMove(image: { id: number; name: string }, revision: number, move: Move): void {
    this.update(recordMove(this.entryOf(image, revision), move));
    this.soon(QUIET_MS);
  }

  /** Puts suggestions away, or has them suggested again. */
  recordPutAway(
    image: { id: number; name: string },
    revision: number,
    ids: readonly string[],
    isAway: boolean,
  ): void {
    if (ids.length === 0) return;
    this.update(recordPutAway(this.entryOf(image, revision), ids, isAway));
    this.soon(QUIET_MS);
  }

  /** Takes over what earlier visits left, and sends it. */
  async adopt(alive: ReadonlySet<string>): Promise<number> {
    const left = await this.storage.left(alive);
    for (const { entry, forget } of left) {
      const old = revived(entry);
      const mine = this.entries.get(old.image);
      this.update(mine ? joined(old, mine) : old);
      // Ours first, then away with theirs: a crash in between leaves it twice, never not at all.
      const put = this.unkept.get(old.image);
      if (put === undefined) forget();
      else if (put) void put.then((isKept) => isKept && forget());
    }
    if (left.length > 0) this.soon(0);
    return left.length;
  }

  keepMine(image: number, id: string): void {
    this.change(image, (entry) => keptMine(entry, id));
  }

  takeTheirs(image: number, id: string): void {
    this.change(image, (entry) => tookTheirs(entry, id));
  }

  discard(image: number): void {
    this.change(image, discarded);
  }

  /** Sends once more what the server would not have. */
  retry(image: number): void {
    this.change(image, revived);
  }

  /** Notes that wait for a decision between two sides. */
  conflicted(): Entry[] {
    return [...this.entries.values()].filter(({ conflicts }) => Object.keys(conflicts).length > 0);
  }

  /** Tries now, whatever the backoff says: the network is back, or someone asks. */
  hurry(): void {
    this.failures = 0;
    this.soon(0);
  }

  /** Sends everything pending in requests that outlive the page. The changes stay on this device as well. */
  leave(): void {
    for (const entry of this.entries.values()) {
      const out = outgoing(entry);
      if (!out) continue;
      this.update(sent(entry, out));
      this.send(entry.image, out.request, true, out.putAway).catch(() => undefined);
    }
  }

  private entryOf(image: { id: number; name: string }, revision: number): Entry {
    return this.entries.get(image.id) ?? blank(image.id, image.name, revision);
  }

  private change(image: number, next: (entry: Entry) => Entry): void {
    const entry = this.entries.get(image);
    if (!entry) return;
    this.update(next(entry));
    this.soon(0);
  }

  private update(entry: Entry): void {
    if (isSettled(entry)) {
      this.entries.delete(entry.image);
      this.unkept.delete(entry.image);
      this.storage.drop(entry.image);
    } else {
      this.entries.set(entry.image, entry);
      this.keep(entry);
    }
    this.events.onStatus(this.status);
  }

  private keep(entry: Entry): void {
    const put = this.storage.put(entry);
    if (put === true) {
      this.unkept.delete(entry.image);
      return;
    }
    this.unkept.set(entry.image, put);
    if (put) void this.awaitKept(entry.image, put);
  }

  private async awaitKept(image: number, put: Promise<boolean>): Promise<void> {
    if (!(await put) || this.unkept.get(image) !== put) return;
    this.unkept.delete(image);
    this.events.onStatus(this.status);
  }

  private soon(milliseconds: number): void {
    this.stopTimer();
    this.stopTimer = this.later(milliseconds, () => this.pump());
  }

  private pump(): void {
    for (const entry of this.entries.values()) {
      if (this.inFlight.size >= MAX_IN_FLIGHT) return;
      const out = this.inFlight.has(entry.image) ? null : outgoing(entry);
      if (out) void this.deliver(entry, out);
    }
  }

  private async deliver(entry: Entry, out: Outgoing): Promise<void> {
    this.inFlight.add(entry.image);
    this.update(sent(entry, out));
    try {
      const state = await this.send(entry.image, out.request, false, out.putAway);
      this.arrived(entry.image, out, state);
    } catch (error) {
      this.failed(entry.image, out, error);
    } finally {
      this.inFlight.delete(entry.image);
    }
    this.soon(this.pause());
  }

  private pause(): number {
    return this.failures === 0 ? 0 : (BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length) - 1] ?? 0);
  }

  private arrived(image: number, out: Outgoing, state: AnnotationState): void {
    this.failures = 0;
    this.trouble = null;
    const entry = this.entries.get(image);
    if (entry) this.update(acknowledged(entry, out, state.revision, byId(state)));
    this.events.onState(image, state);
  }

  private failed(image: number, out: Outgoing, error: unknown): void {
    const entry = this.entries.get(image);
    if (!entry) return;
    const outcome = outcomeOf(error, out);
    if (outcome.kind === "retry") {
      this.failures += 1;
      this.trouble = outcome.because;
      this.update(entry);
      return;
    }
    this.failures = 0;
    this.trouble = null;
    if (outcome.kind === "unmoved") {
      this.update(moveRefused(entry, out, outcome.reason));
      return;
    }
    if (outcome.kind === "refused") {
      this.update(refused(entry, outcome.reason, outcome.ids));
      return;
    }
    const { current, ids, by } = outcome;
    this.update(conflicted(entry, current.revision, byId(current), ids, by));
    this.events.onState(image, current);
  }
}

function byId({ annotations }: AnnotationState): Map<string, Annotation> {
  return new Map(annotations.map((one) => [one.id, fromWire(one)]));
}

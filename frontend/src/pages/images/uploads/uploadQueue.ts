import { signal } from "@preact/signals";
import { ApiError, OfflineError, sentence } from "../../../api/errors";
import type { UploadAnswer } from "../../../api/types";

export type UploadState =
  | "waiting"
  | "sending"
  | "checking"
  | "created"
  | "duplicate"
  | "rejected"
  | "failed";

export interface UploadItem {
  id: number;
  file: File;
  state: UploadState;
  /** Bytes that have left. */
  sent: number;
  /** Why it was refused, or what went wrong. */
  reason?: string;
  /** The image it became, or the one that is already here. */
  image?: number;
}

export type SendFiles = (files: File[], onSent: (bytes: number) => void) => Promise<UploadAnswer>;

export interface QueueOptions {
  parallel?: number;
  batchFiles?: number;
  batchBytes?: number;
  /** Waits before each further try of a batch; its length is how many there are. */
  backoff?: number[];
  wait?: (milliseconds: number) => Promise<void>;
}

const FINISHED: ReadonlySet<UploadState> = new Set(["created", "duplicate", "rejected", "failed"]);
/** A server that is away, restarting or busy deserves another try; a refusal does not. */
const OVER_QUOTA = "urn:boxwright:over-quota";
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isFinished(item: UploadItem): boolean {
  return FINISHED.has(item.state);
}

export interface Totals {
  files: number;
  finished: number;
  bytes: number;
  sent: number;
  created: number;
  duplicate: number;
  rejected: number;
  failed: number;
}

export function totalsOf(items: readonly UploadItem[]): Totals {
  const totals: Totals = {
    files: 0,
    finished: 0,
    bytes: 0,
    sent: 0,
    created: 0,
    duplicate: 0,
    rejected: 0,
    failed: 0,
  };
  for (const item of items) {
    totals.files += 1;
    totals.bytes += item.file.size;
    totals.sent += isFinished(item) ? item.file.size : item.sent;
    if (!isFinished(item)) continue;
    totals.finished += 1;
    totals[item.state as "created" | "duplicate" | "rejected" | "failed"] += 1;
  }
  return totals;
}

/** How many bytes of each file have been sent, when a request with these files has sent `bytes` in all. */
export function sentOfEach(bytes: number, sizes: readonly number[]): number[] {
  let rest = bytes;
  return sizes.map((size) => {
    const part = Math.min(size, Math.max(0, rest));
    rest -= size;
    return part;
  });
}

/** The next few waiting files for one request. Names within it differ, since the answer speaks of names. */
export function nextBatch(items: readonly UploadItem[], maxFiles: number, maxBytes: number): UploadItem[] {
  const batch: UploadItem[] = [];
  const names = new Set<string>();
  let bytes = 0;
  for (const item of items) {
    if (item.state !== "waiting" || names.has(item.file.name)) continue;
    if (batch.length > 0 && bytes + item.file.size > maxBytes) break;
    batch.push(item);
    names.add(item.file.name);
    bytes += item.file.size;
    if (batch.length === maxFiles) break;
  }
  return batch;
}

type Outcome = Pick<UploadItem, "state" | "reason" | "image">;

/** What the server said about each file of a batch, by name. */
export function outcomes(answer: UploadAnswer, names: readonly string[]): Outcome[] {
  const said = new Map<string, Outcome>();
  for (const image of answer.created) said.set(image.name, { state: "created", image: image.id });
  for (const { name, id } of answer.duplicates) said.set(name, { state: "duplicate", image: id });
  for (const { name, reason } of answer.rejected) said.set(name, { state: "rejected", reason });
  return names.map(
    (name) =>
      said.get(name) ?? { state: "failed", reason: "The server did not mention this file. Try again." },
  );
}

/** Sends files in small requests, a few at once; what fails in passing is tried again, the rest is told. */
export class UploadQueue {
  readonly items = signal<UploadItem[]>([]);
  private readonly options: Required<QueueOptions>;
  private running = 0;
  private nextId = 1;

  constructor(
    private readonly send: SendFiles,
    options: QueueOptions = {},
  ) {
    this.options = {
      parallel: 3,
      batchFiles: 8,
      batchBytes: 12_000_000,
      backoff: [1000, 3000, 8000, 20000],
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      ...options,
    };
  }

  get busy(): boolean {
    return this.items.value.some((item) => !isFinished(item));
  }

  add(files: Iterable<File>): void {
    const fresh = [...files].map(
      (file): UploadItem => ({ id: this.nextId++, file, state: "waiting", sent: 0 }),
    );
    this.items.value = [...this.items.value, ...fresh];
    this.pump();
  }

  retryFailed(): void {
    this.items.value = this.items.value.map((item) =>
      item.state === "failed" ? { ...item, state: "waiting", sent: 0, reason: undefined } : item,
    );
    this.pump();
  }

  /** Forget what is finished. */
  clear(): void {
    this.items.value = this.items.value.filter((item) => !isFinished(item));
  }

  private pump(): void {
    const { parallel, batchFiles, batchBytes } = this.options;
    while (this.running < parallel) {
      const batch = nextBatch(this.items.value, batchFiles, batchBytes);
      if (batch.length === 0) return;
      this.start(batch);
    }
  }

  private start(batch: UploadItem[]): void {
    this.running += 1;
    this.update(batch, () => ({ state: "sending", sent: 0 }));
    void this.deliver(batch).finally(() => {
      this.running -= 1;
      this.pump();
    });
  }

  private async deliver(batch: UploadItem[]): Promise<void> {
    const files = batch.map((item) => item.file);
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await this.send(files, (bytes) => this.progress(batch, bytes));
        const said = outcomes(
          answer,
          files.map((file) => file.name),
        );
        this.update(batch, (index) => said[index]!);
        return;
      } catch (error) {
        if (isTooMuch(error) && batch.length > 1) return this.alone(batch);
        const pause = this.options.backoff[tries];
        if (pause === undefined || !isPassing(error)) return this.refuse(batch, error);
        this.update(batch, () => ({ state: "sending", sent: 0, reason: "Trying again" }));
        await this.options.wait(pause);
      }
    }
  }

  /** Sends one by one what was too much together, for a request or for the team's quota. */
  private async alone(batch: UploadItem[]): Promise<void> {
    for (const item of batch) await this.deliver([item]);
  }

  private refuse(batch: UploadItem[], error: unknown): void {
    const tooLarge = error instanceof ApiError && error.status === 413;
    const state = isTooMuch(error) ? "rejected" : "failed";
    const reason = tooLarge ? "too large for this server" : sentence(error);
    this.update(batch, () => ({ state, reason }));
  }

  private progress(batch: UploadItem[], bytes: number): void {
    const sizes = batch.map((item) => item.file.size);
    const parts = sentOfEach(bytes, sizes);
    this.update(batch, (index) => {
      const isGone = parts[index]! >= sizes[index]!;
      return { sent: parts[index]!, state: isGone ? "checking" : "sending", reason: undefined };
    });
  }

  private update(batch: UploadItem[], change: (index: number) => Partial<UploadItem>): void {
    const changes = new Map(batch.map((item, index) => [item.id, change(index)]));
    this.items.value = this.items.value.map((item) => {
      const part = changes.get(item.id);
      return part ? { ...item, ...part } : item;
    });
  }
}

function isTooMuch(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 413 || error.problem.type === OVER_QUOTA);
}

function isPassing(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof ApiError && PASSING.has(error.status));
}

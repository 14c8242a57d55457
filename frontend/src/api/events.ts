import type { EventKinds } from "./types";

type Kind = keyof EventKinds;
type Listener<K extends Kind> = (data: EventKinds[K]) => void;

const KINDS = Object.keys({
  image: true,
  counts: true,
  labels: true,
  claim: true,
  presence: true,
  assigned: true,
  deleted: true,
  bulk: true,
  import: true,
  snapshot: true,
  run: true,
  sweep: true,
  metrics: true,
  artifact: true,
  holdout: true,
  prediction: true,
} satisfies Record<Kind, true>) as Kind[];
const RECONNECT_MS = [1000, 2000, 5000, 10000, 30000];

/** What EventStream needs of EventSource, so that tests can bring their own. */
export type OpenSource = (url: string) => EventSource;

/**
 * One project's server-sent events. After a broken connection the browser reconnects by itself, with
 * Last-Event-ID. After a refused one (a 502 while the server restarts) it gives up: then this class opens a new
 * EventSource, with the last id in the query. Where the server can't tell all that was missed it sends a gap.
 */
export class EventStream {
  private source: EventSource | null = null;
  private readonly listeners = new Map<Kind, Set<Listener<never>>>();
  private readonly gapListeners = new Set<() => void>();
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `lastId` is of the last event that the page's data hold. */
  constructor(
    private readonly url: string,
    private lastId: string,
    private readonly open: OpenSource = (address) => new EventSource(address),
  ) {}

  /** May be called again after `stop`: then it goes on from the last event it saw. */
  start(): void {
    if (!this.source) this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.failures = 0;
    this.source?.close();
    this.source = null;
  }

  /** Listen to one kind; the answer ends it. */
  on<K extends Kind>(kind: K, listener: Listener<K>): () => void {
    const set = this.listeners.get(kind) ?? new Set();
    this.listeners.set(kind, set);
    set.add(listener as Listener<never>);
    return () => set.delete(listener as Listener<never>);
  }

  /** Called where events were missed. The listener fetches again what it shows. */
  onGap(listener: () => void): () => void {
    this.gapListeners.add(listener);
    return () => this.gapListeners.delete(listener);
  }

  private connect(): void {
    const source = this.open(`${this.url}?last_event_id=${encodeURIComponent(this.lastId)}`);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
    };
    source.onerror = () => this.failing(source);
    source.addEventListener("gap", () => this.gap());
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.deliver(kind, event));
  }

  private gap(): void {
    for (const listener of this.gapListeners) listener();
  }

  private failing(source: EventSource): void {
    if (source.readyState !== 2 || this.source !== source) return;
    source.close();
    const wait = RECONNECT_MS[Math.min(this.failures, RECONNECT_MS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), wait);
  }

  private deliver(kind: Kind, event: MessageEvent<string>): void {
    if (event.lastEventId) this.lastId = event.lastEventId;
    const data = JSON.parse(event.data) as never;
    for (const listener of this.listeners.get(kind) ?? []) listener(data);
  }
}

const UNSEEN_MS = 5_000;

/**
 * Runs the stream only while the page is visible. A browser opens at most six connections to one server for all
 * its tabs together: if seven tabs held a stream each, no tab could load anything.
 */
export function streamWhileSeen(stream: EventStream, page: Document = document): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = () => {
    clearTimeout(timer);
    if (page.visibilityState === "visible") stream.start();
    else timer = setTimeout(() => stream.stop(), UNSEEN_MS);
  };
  page.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    page.removeEventListener("visibilitychange", follow);
    clearTimeout(timer);
    stream.stop();
  };
}

import { beforeEach, describe, expect, it, vi } from "vitest";
import { EventStream, streamWhileSeen } from "./events";

class FakeSource {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  closed = false;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(kind, listener);
  }
  close(): void {
    this.closed = true;
  }
  connect(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(kind: string, data: unknown, id = ""): void {
    this.listeners.get(kind)?.({ data: JSON.stringify(data), lastEventId: id } as MessageEvent<string>);
  }
  refuse(): void {
    this.readyState = 2;
    this.onerror?.();
  }
  drop(): void {
    this.readyState = 0;
    this.onerror?.();
  }
}

let sources: (FakeSource & { url: string })[] = [];

function made(): EventStream {
  return new EventStream("/events/", "16", (url) => {
    const source = Object.assign(new FakeSource(), { url });
    sources.push(source);
    return source as unknown as EventSource;
  });
}

function started(): EventStream {
  const stream = made();
  stream.start();
  return stream;
}

class FakePage extends EventTarget {
  constructor(public visibilityState: DocumentVisibilityState) {
    super();
  }
  turn(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

beforeEach(() => {
  sources = [];
  vi.useFakeTimers();
});

describe("an event stream", () => {
  it("hands events to those who listen, until they leave", () => {
    const stream = started();
    const heard: number[] = [];
    const end = stream.on("counts", (counts) => heard.push(counts.images));
    sources[0]!.say("counts", { images: 3 });
    end();
    sources[0]!.say("counts", { images: 4 });
    expect(heard).toEqual([3]);
  });

  it("opens anew after a refusal, from the last event it saw", () => {
    const stream = started();
    sources[0]!.connect();
    sources[0]!.say("counts", {}, "17");
    sources[0]!.refuse();
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(sources[1]!.url).toBe("/events/?last_event_id=17");
    stream.stop();
  });

  it("leaves a broken connection to the browser, which resumes by itself", () => {
    started();
    sources[0]!.connect();
    sources[0]!.drop();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });

  it("begins where the page's data end, and asks for a fresh look when the server tells of a gap", () => {
    const stream = started();
    const gap = vi.fn();
    stream.onGap(gap);
    expect(sources[0]!.url).toBe("/events/?last_event_id=16");
    sources[0]!.connect();
    expect(gap).not.toHaveBeenCalled();
    sources[0]!.say("gap", {});
    expect(gap).toHaveBeenCalledOnce();
  });

  it("waits longer the longer the server is away", () => {
    started();
    for (const wait of [1000, 2000, 5000]) {
      const before = sources.length;
      sources.at(-1)!.refuse();
      vi.advanceTimersByTime(wait - 1);
      expect(sources).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(sources).toHaveLength(before + 1);
    }
  });

  it("is silent once stopped", () => {
    const stream = started();
    sources[0]!.refuse();
    stream.stop();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});

describe("a page's stream", () => {
  function open(state: DocumentVisibilityState) {
    const page = new FakePage(state);
    const stream = made();
    return { page, end: streamWhileSeen(stream, page as unknown as Document) };
  }

  it("gives its connection back when nobody looks, and goes on from there", () => {
    const { page } = open("visible");
    sources[0]!.connect();
    sources[0]!.say("counts", {}, "17");
    page.turn("hidden");
    expect(sources[0]!.closed).toBe(false);
    vi.advanceTimersByTime(5_000);
    expect(sources[0]!.closed).toBe(true);
    page.turn("visible");
    expect(sources[1]!.url).toBe("/events/?last_event_id=17");
  });

  it("stays open when one only glances elsewhere", () => {
    const { page } = open("visible");
    page.turn("hidden");
    vi.advanceTimersByTime(4_000);
    page.turn("visible");
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(sources[0]!.closed).toBe(false);
  });

  it("waits, in a tab opened in the background, until it is looked at", () => {
    const { page, end } = open("hidden");
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(0);
    page.turn("visible");
    sources[0]!.connect();
    end();
    expect(sources[0]!.closed).toBe(true);
    page.turn("visible");
    expect(sources).toHaveLength(1);
  });
});

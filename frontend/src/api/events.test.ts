import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventStream } from "./events";

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

function started(): EventStream {
  const stream = new EventStream("/events/", (url) => {
    const source = Object.assign(new FakeSource(), { url });
    sources.push(source);
    return source as unknown as EventSource;
  });
  stream.start();
  return stream;
}

beforeEach(() => {
  sources = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

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

  it("asks for a fresh look when it is back, not at first", () => {
    const stream = started();
    const gap = vi.fn();
    stream.onGap(gap);
    sources[0]!.connect();
    expect(gap).not.toHaveBeenCalled();
    sources[0]!.drop();
    sources[0]!.connect();
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

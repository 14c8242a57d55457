import { beforeEach, describe, expect, it } from "vitest";
import { ApiError, OfflineError } from "../../api/errors";
import type { AnnotationState, SaveRequest } from "../../api/types";
import { type Annotation, newAnnotation } from "../core/annotation";
import { leftBehind, openStorage } from "./changeStorage";
import { MemoryDevice, MemoryStorage } from "./memoryStorage.testing";
import type { PutAway } from "./pendingChanges";
import { Saver } from "./saver";
import { spoken, wording } from "./savingStatus";

const BOX = { x_min: 1, y_min: 2, x_max: 30, y_max: 40 };
const IMAGE = { id: 7, name: "shore.jpg" };
const a = newAnnotation("a", 1, BOX);
const b = newAnnotation("b", 1, BOX);
const put = (...annotations: Annotation[]) =>
  annotations.map((after) => ({ id: after.id, before: null, after }));

type Sent = SaveRequest & { image: number; leaving: boolean; putAway: [string, boolean][] };

/** A server with the contract's rules: idempotent upserts, disjoint merges, conflicts by annotation. */
class Server {
  readonly log: Sent[] = [];
  readonly annotations = new Map<string, { draft: SaveRequest["upsert"][number]; revision: number }>();
  readonly deleted = new Map<string, number>();
  revision = 0;
  failure: (() => Error) | null = null;
  /** Saves, but the answer gets lost. */
  mute = false;
  /** Answers a while later. */
  hold: Clock | null = null;

  state(): AnnotationState {
    const annotations = [...this.annotations.values()].map(({ draft }) => ({
      source: "human",
      score: null,
      ...draft,
      created_by: null,
      updated_at: "",
    }));
    return { revision: this.revision, queue: "labelled", annotations };
  }

  send = async (
    image: number,
    request: SaveRequest,
    leaving: boolean,
    answers: PutAway,
  ): Promise<AnnotationState> => {
    const putAway = Object.entries(answers).map(([id, { value }]): [string, boolean] => [id, value]);
    this.log.push({ ...request, image, leaving, putAway });
    const { hold } = this;
    if (hold) await new Promise<void>((go) => hold.later(100, go));
    if (this.failure) throw this.failure();
    const clash = [...request.upsert.map(({ id }) => id), ...request.delete].filter((id) =>
      this.clashes(id, request),
    );
    if (clash.length > 0) throw problem(409, { current: this.state(), conflicts: clash });
    this.apply(request);
    if (this.mute) throw new OfflineError();
    return this.state();
  };

  private clashes(id: string, request: SaveRequest): boolean {
    const now = this.annotations.get(id);
    const mine = request.upsert.find((one) => one.id === id);
    if (now && mine && JSON.stringify(now.draft) === JSON.stringify(mine)) return false;
    return (now?.revision ?? this.deleted.get(id) ?? 0) > request.base_revision;
  }

  private apply(request: SaveRequest): void {
    const news = request.upsert.filter(
      (one) => JSON.stringify(this.annotations.get(one.id)?.draft) !== JSON.stringify(one),
    );
    if (news.length === 0 && !request.delete.some((id) => this.annotations.has(id))) return;
    this.revision += 1;
    for (const draft of news) this.annotations.set(draft.id, { draft, revision: this.revision });
    for (const id of request.delete) {
      this.annotations.delete(id);
      this.deleted.set(id, this.revision);
    }
  }
}

function problem(status: number, more: object = {}): ApiError {
  return new ApiError({ type: "about:blank", title: "No", status, detail: `Answer ${status}.`, ...more });
}

class Clock {
  private waiting: { due: number; run: () => void }[] = [];
  private now = 0;

  later = (milliseconds: number, run: () => void): (() => void) => {
    const one = { due: this.now + milliseconds, run };
    this.waiting.push(one);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== one);
    };
  };

  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.waiting.filter(({ due }) => due <= end).sort((x, y) => x.due - y.due)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((one) => one !== next);
      this.now = next.due;
      next.run();
    }
    this.now = end;
  }
}

let server: Server;
let clock: Clock;
let storage: MemoryStorage;
let device: MemoryDevice;
let states: AnnotationState[];

function visit(tab: string): Saver {
  const events = {
    onStatus: () => {},
    onState: (_image: number, state: AnnotationState) => states.push(state),
  };
  return new Saver(openStorage(storage, 1, tab, device), server.send, clock.later, events);
}

beforeEach(() => {
  server = new Server();
  clock = new Clock();
  storage = new MemoryStorage();
  device = new MemoryDevice();
  states = [];
});

describe("saving", () => {
  it("writes to the device before the network, sends once, and forgets", async () => {
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    expect(storage.length).toBe(1);
    expect(server.log).toHaveLength(0);
    expect(wording(saver.status).text).toBe("1 pending");
    saver.record(IMAGE, 0, put(b));
    await clock.pass(300);
    expect(server.log).toHaveLength(1);
    expect(server.log[0]?.upsert).toHaveLength(2);
    expect(storage.length).toBe(0);
    expect(wording(saver.status)).toEqual({ text: "Saved", tone: "good" });
    expect(states.at(-1)?.revision).toBe(1);
  });

  it("sends what changed during a save on the revision that save gave", async () => {
    const saver = visitWith(async (image, request, ...more) => {
      const answer = await server.send(image, request, ...more);
      if (server.log.length === 1) saver.record(IMAGE, 0, put({ ...a, label: 2 }));
      return answer;
    }, "one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(2_000);
    expect(server.log.map(({ base_revision }) => base_revision)).toEqual([0, 1]);
    expect(server.annotations.get("a")?.draft.label).toBe(2);
    expect(saver.status.pending).toBe(0);
  });
});

function visitWith(send: Server["send"], tab: string): Saver {
  return new Saver(openStorage(storage, 1, tab), send, clock.later, {
    onStatus: () => {},
    onState: () => {},
  });
}

describe("without network", () => {
  it("keeps everything, says so, and tries again with growing pauses", async () => {
    server.failure = () => new OfflineError();
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(8_000);
    expect(wording(saver.status)).toEqual({ text: "Offline: 1 change kept on this device", tone: "warn" });
    expect(spoken(saver.status)).toBe("Offline: changes are kept on this device");
    expect(server.log.length).toBeGreaterThanOrEqual(3);
    expect(server.log.length).toBeLessThanOrEqual(5);
    server.failure = null;
    saver.hurry();
    await clock.pass(10);
    expect(wording(saver.status).text).toBe("Saved");
    expect(server.annotations.size).toBe(1);
  });

  it.each([500, 502, 503, 429, 401])("a %i is no reason to give up", async (status) => {
    server.failure = () => problem(status);
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(1_000);
    expect(saver.status.pending).toBe(1);
    server.failure = null;
    await clock.pass(60_000);
    expect(saver.status.pending).toBe(0);
  });
});

describe("after a crash", () => {
  it("the next visit sends what the last one could not, also of other images", async () => {
    server.failure = () => new OfflineError();
    const crashed = visit("one");
    crashed.record(IMAGE, 0, put(a));
    crashed.record({ id: 8, name: "gate.jpg" }, 0, put(b));
    await clock.pass(300);
    server = new Server();
    const next = visit("two");
    expect(await next.adopt(new Set())).toBe(2);
    await clock.pass(10);
    expect(server.log.map(({ image }) => image).sort()).toEqual([7, 8]);
    expect(storage.length).toBe(0);
  });

  it("a save that arrived, but whose answer got lost, arrives once", async () => {
    server.mute = true;
    const crashed = visit("one");
    crashed.record(IMAGE, 0, put(a));
    await clock.pass(300);
    server.mute = false;
    const next = visit("two");
    await next.adopt(new Set());
    await clock.pass(10);
    expect(server.revision).toBe(1);
    expect(next.status.pending).toBe(0);
  });

  it("a lost answer followed by another change is no conflict with oneself", async () => {
    server.mute = true;
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(300);
    server.mute = false;
    saver.record(IMAGE, 0, put({ ...a, label: 2 }));
    await clock.pass(5_000);
    expect(saver.status).toMatchObject({ pending: 0, conflicts: 0 });
    expect(server.annotations.get("a")?.draft.label).toBe(2);
  });

  it("leaves alone what another open tab is sending", async () => {
    visit("one").record(IMAGE, 0, put(a));
    expect(await visit("two").adopt(new Set(["one"]))).toBe(0);
    expect(storage.length).toBe(1);
  });

  it("leaves alone what another person left on this device", async () => {
    visit("one").record(IMAGE, 0, put(a));
    const other = openStorage(storage, 2, "two");
    expect(await other.left(new Set())).toEqual([]);
    const counts = [1, 2].map(async (user) => (await leftBehind(storage, user)).size);
    expect(await Promise.all(counts)).toEqual([1, 0]);
  });

  it("leaving the page sends once more and keeps the note", () => {
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    saver.leave();
    expect(server.log).toMatchObject([{ image: 7, leaving: true }]);
    expect(storage.length).toBe(1);
  });
});

describe("together", () => {
  it("merges disjoint changes and takes over the colleague's", async () => {
    await server.send(7, { base_revision: 0, upsert: [{ id: "b", label: 5 }], delete: [] }, false, {});
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(300);
    expect(states.at(-1)?.annotations.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  it("shows what both changed and loses neither side", async () => {
    await server.send(7, { base_revision: 0, upsert: [{ id: "a", label: 5 }], delete: [] }, false, {});
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a, b));
    await clock.pass(1_000);
    expect(saver.status).toMatchObject({ pending: 0, conflicts: 1 });
    expect(server.annotations.get("b")).toBeDefined();
    expect(server.annotations.get("a")?.draft.label).toBe(5);
    expect(wording(saver.status).text).toBe("1 conflict");
    saver.keepMine(7, "a");
    await clock.pass(10);
    expect(server.annotations.get("a")?.draft.label).toBe(1);
    expect(saver.status.conflicts).toBe(0);
  });
});

describe("refused", () => {
  it("holds back the named box, saves the others, and shows why", async () => {
    const inner = server.send;
    const saver = visitWith(async (image, request, ...more) => {
      const bad = request.upsert.findIndex(({ id }) => id === "a");
      if (bad < 0) return inner(image, request, ...more);
      throw problem(400, { errors: [{ field: `upsert[${bad}].x_max`, detail: "Outside the image." }] });
    }, "one");
    saver.record(IMAGE, 0, put(b, a));
    await clock.pass(1_000);
    expect([...server.annotations.keys()]).toEqual(["b"]);
    expect(saver.status.refusals).toEqual([
      { image: 7, name: "shore.jpg", reason: "Outside the image.", count: 1 },
    ]);
    expect(storage.length).toBe(1);
    saver.discard(7);
    expect(storage.length).toBe(0);
    expect(wording(saver.status).text).toBe("Saved");
  });

  it.each([
    [403, "needs the role manager"],
    [409, "can't go from review to done"],
  ])(
    "a move between queues (%s) lets the boxes through, and is kept until someone decides",
    async (status, why) => {
      const inner = server.send;
      const saver = visitWith(async (image, request, ...more) => {
        if (request.queue) throw problem(status, { detail: why, from: "review", to: request.queue });
        return inner(image, request, ...more);
      }, "one");
      saver.record(IMAGE, 0, put(a));
      saver.recordMove(IMAGE, 0, { queue: "done" });
      await clock.pass(1_000);
      expect([...server.annotations.keys()]).toEqual(["a"]);
      expect(saver.status).toMatchObject({
        pending: 0,
        refusals: [{ image: 7, name: "shore.jpg", reason: why, count: 1 }],
      });
      saver.record(IMAGE, 1, put(b));
      await clock.pass(1_000);
      expect([...server.annotations.keys()]).toEqual(["a", "b"]);
      expect(saver.status.refusals).toHaveLength(1);
      saver.recordMove(IMAGE, 2, { queue: "labelled" });
      expect(saver.status).toMatchObject({ pending: 1, refusals: [] });
      await clock.pass(1_000);
      expect(saver.status.refusals).toHaveLength(1);
      saver.discard(7);
      expect(storage.length).toBe(0);
      expect(wording(saver.status).text).toBe("Saved");
    },
  );

  it("a deleted image keeps its changes until someone gives them up", async () => {
    server.failure = () => problem(404);
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    await clock.pass(60_000);
    expect(server.log).toHaveLength(1);
    expect(wording(saver.status)).toEqual({ text: "1 not accepted", tone: "bad" });
    expect(storage.length).toBe(1);
  });
});

describe("suggestions that are put away", () => {
  it("wait for the network as boxes do, over a reload too, and the last answer goes", async () => {
    server.failure = () => new OfflineError();
    const saver = visit("one");
    saver.recordPutAway(IMAGE, 0, ["s", "t"], true);
    saver.recordPutAway(IMAGE, 0, ["s"], false);
    await clock.pass(300);
    expect(wording(saver.status).text).toBe("Offline: 2 changes kept on this device");
    server.failure = null;
    const next = visit("two");
    next.record(IMAGE, 0, put(a));
    next.recordPutAway(IMAGE, 0, ["u"], true);
    expect(await next.adopt(new Set())).toBe(1);
    await clock.pass(300);
    const last = server.log.at(-1);
    expect(last?.putAway).toEqual([
      ["s", false],
      ["t", true],
      ["u", true],
    ]);
    expect(last?.upsert).toHaveLength(1);
    expect([wording(next.status).text, storage.length]).toEqual(["Saved", 0]);
  });

  it("go again where they changed while they were on their way", async () => {
    const saver = visit("one");
    saver.recordPutAway(IMAGE, 0, ["s", "t"], true);
    clock.later(251, () => saver.recordPutAway(IMAGE, 0, ["s"], false));
    server.hold = clock;
    await clock.pass(5_000);
    expect(server.log.map(({ putAway }) => putAway)).toEqual([
      [
        ["s", true],
        ["t", true],
      ],
      [["s", false]],
    ]);
    expect(saver.entry(7)).toBeUndefined();
  });

  it("are given up with all that is refused", async () => {
    server.failure = () => problem(404);
    const saver = visit("one");
    saver.recordPutAway(IMAGE, 0, ["s"], true);
    await clock.pass(300);
    expect(wording(saver.status).text).toBe("1 not accepted");
    saver.discard(7);
    expect([saver.entry(7), storage.length]).toEqual([undefined, 0]);
  });
});

describe("a device that keeps nothing", () => {
  it("says so while something is pending", () => {
    storage.full = device.full = true;
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    expect(saver.status.kept).toBe(false);
    expect(wording(saver.status).tone).toBe("bad");
  });

  it("is one with a full localStorage only until the overflow has the changes; the next visit sends them", async () => {
    storage.full = true;
    server.failure = () => new OfflineError();
    const saver = visit("one");
    saver.record(IMAGE, 0, put(a));
    expect(saver.status.kept).toBe(false);
    await clock.pass(300);
    expect(wording(saver.status).text).toBe("Offline: 1 change kept on this device");
    server.failure = null;
    const next = visit("two");
    expect(await next.adopt(new Set())).toBe(1);
    await clock.pass(300);
    expect([...server.annotations.keys()]).toEqual(["a"]);
    expect(await device.entries("")).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newAnnotation } from "../../../annotator/core/annotation";
import type { Revision } from "../../../api/types";
import { IMAGE, workbenchFor } from "../workbench.testing";
import { BEN, revision, row } from "./history.testing";
import { ImageHistory } from "./historyState";

const PAGE = 50;

/** An image whose revisions each draw a box. */
let all: Revision[];
let isOnline: boolean;
/** Why nothing is restored; empty: it is. */
let refusal: string;
let asked: string[];

function answer(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
}

function page(from: number): unknown {
  const results = [...all].reverse().slice(from, from + PAGE);
  const next = from + PAGE < all.length ? `/api/v1/images/7/revisions/?cursor=${from + PAGE}` : null;
  return { results, next, previous: null };
}

async function serve(path: string, { method }: RequestInit): Promise<Response> {
  if (!isOnline) throw new TypeError("Failed to fetch");
  asked.push(path);
  const number = Number(/revisions\/(\d+)\//.exec(path)?.[1]);
  if (method === "POST" && refusal) return new Response(null, { status: 409, statusText: refusal });
  if (method === "POST") {
    all = [...all, revision(all.length + 1, { restored: number, queue: "labelled" })];
    return answer({ revision: all.length, queue: "labelled", annotations: [] });
  }
  if (!number) return answer(page(Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0)));
  const annotations = all.slice(0, number).flatMap(({ upserted }) => upserted);
  return answer({ number, queue: "unlabelled", skip_reason: "", annotations });
}

beforeEach(() => {
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("fetch", serve);
  [isOnline, asked, refusal] = [true, [], ""];
  // Every tenth save is Ben's: each ends a sitting.
  all = Array.from({ length: 120 }, (_, at) =>
    revision(at + 1, { upserted: [row(`box ${at}`)], ...(at % 10 === 9 ? { author: BEN } : {}) }),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function opened(): ImageHistory {
  const workbench = workbenchFor("annotator");
  workbench.image.value = IMAGE;
  workbench.revision.value = all.length;
  return new ImageHistory(workbench, IMAGE);
}

describe("pages", () => {
  it("begin with the newest, on what stood before them", async () => {
    const history = opened();
    await history.load();
    expect(history.lines.value[0]?.entry.number).toBe(120);
    expect(history.known.value?.start.rows.size).toBe(70);
    expect(asked.at(-1)).toBe("/api/v1/images/7/revisions/70/");
  });

  it("go on to the first revision, which needs no state before it", async () => {
    const history = opened();
    await history.load();
    await history.readOlder();
    await history.readOlder();
    expect(history.known.value?.start.rows.size).toBe(0);
    expect(history.known.value?.older).toBeNull();
    expect(asked).toHaveLength(5);
  });

  it("are read on while a long sitting fills them", async () => {
    all = Array.from({ length: 120 }, (_, at) =>
      revision(at + 1, { minute: at / 10, upserted: [row(`${at}`)] }),
    );
    const history = opened();
    await history.load();
    expect(history.lines.value.map(({ entry }) => entry.changes.length)).toEqual([120]);
  });

  it("take up what came since, and begin anew after a gap", async () => {
    const history = opened();
    await history.load();
    await history.readOlder();
    all = [...all, revision(121, { minute: 200 })];
    await history.load();
    expect([history.newest.value, history.known.value?.revisions.length]).toEqual([121, 101]);
    all = [
      ...all,
      ...Array.from({ length: 60 }, (_, at) => revision(122 + at, at % 2 ? { author: BEN } : {})),
    ];
    await history.load();
    expect([history.newest.value, history.known.value?.revisions.length]).toEqual([181, 50]);
  });

  it("say that they need the network, and can be asked for again", async () => {
    vi.useFakeTimers();
    const history = opened();
    isOnline = false;
    const loaded = history.load();
    await vi.runAllTimersAsync();
    await loaded;
    expect(history.fault.value).toBe("History needs the network.");
    isOnline = true;
    history.retry();
    await vi.runAllTimersAsync();
    expect([history.fault.value, history.newest.value]).toEqual(["", 120]);
  });
});

describe("looking back", () => {
  it("walks down into the past and up to now", async () => {
    const history = opened();
    await history.load();
    const at = () => history.chosen.value?.entry.number;
    await history.walk(1);
    expect([at(), history.workbench.looksBack.value]).toEqual([120, true]);
    await history.walk(1);
    expect(at()).toBe(119);
    await history.walk(-1);
    await history.walk(-1);
    expect([at(), history.workbench.looksBack.value]).toEqual([undefined, false]);
  });

  it("reads on at the end of a page", async () => {
    const history = opened();
    await history.load();
    history.look(history.lines.value.at(-1) ?? null);
    await history.walk(1);
    expect(history.chosen.value?.entry.number).toBe(70);
  });

  it("stays with a sitting that grows, and with one that is folded up", async () => {
    const history = opened();
    await history.load();
    history.look(history.lines.value[1] ?? null);
    const sitting = history.lines.value[1]?.entry;
    if (sitting) history.unfold(sitting);
    expect(history.lines.value.filter(({ isInner }) => isInner)).toHaveLength(9);
    history.look(history.lines.value[3] ?? null);
    expect(history.chosen.value?.entry.number).toBe(118);
    if (sitting) history.unfold(sitting);
    expect(history.chosen.value?.entry).toEqual(sitting);
    all = [...all, revision(121, { author: BEN })];
    history.look(history.lines.value[0] ?? null);
    await history.load();
    expect(history.chosen.value?.entry.deeds).toHaveLength(2);
  });
});

describe("restoring", () => {
  it("takes over what the server answers and looks at now", async () => {
    const history = opened();
    await history.load();
    const line = history.lines.value[1];
    if (!line) throw new Error("There is no such line.");
    history.look(line);
    await history.restore(line.entry);
    const { workbench } = history;
    expect([workbench.revision.value, workbench.queue.value]).toEqual([121, "labelled"]);
    expect([workbench.looksBack.value, all.at(-1)?.restored]).toEqual([false, 119]);
  });

  it("stays where it is when the server refuses", async () => {
    const history = opened();
    await history.load();
    const line = history.lines.value[1];
    if (!line) throw new Error("There is no such line.");
    history.look(line);
    refusal = "The label is gone.";
    await history.restore(line.entry);
    expect([history.chosen.value, history.isRestoring.value]).toEqual([line, false]);
    expect(history.workbench.revision.value).toBe(120);
  });

  it("waits for what is not saved yet, and gives up where that does not get through", async () => {
    vi.useFakeTimers();
    const history = opened();
    await history.load();
    const after = newAnnotation("mine", 10, { x_min: 0, y_min: 0, x_max: 9, y_max: 9 });
    history.workbench.saving.saver.record(IMAGE, 120, [{ id: "mine", before: null, after }]);
    const line = history.lines.value[1];
    const restored = line && history.restore(line.entry);
    await vi.advanceTimersByTimeAsync(10_000);
    await restored;
    expect([all.length, history.isRestoring.value]).toEqual([120, false]);
  });
});

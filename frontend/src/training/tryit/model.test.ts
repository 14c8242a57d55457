import { beforeEach, describe, expect, it, vi } from "vitest";
import { Model } from "./model";
import type { Answered, Asked, Backend } from "./protocol";

/** What a browser's worker does is said by the tests: no machine of theirs has a graphics processor. */
class Spoken {
  static readonly all: Spoken[] = [];
  onmessage: ((event: { data: Answered }) => void) | null = null;
  onerror = null;
  readonly asked: Asked[] = [];
  isClosed = false;

  constructor() {
    Spoken.all.push(this);
  }

  postMessage(asked: Asked): void {
    this.asked.push(asked);
  }

  terminate(): void {
    this.isClosed = true;
  }

  say(answer: Answered): Promise<void> {
    this.onmessage?.({ data: answer });
    return new Promise((done) => setTimeout(done));
  }
}

const READY: Answered = { is: "ready", labels: ["cup"], shownScore: 0.4, leastScore: 0.05 };
const found = (id: number): Answered => ({ is: "found", id, found: [], milliseconds: id });
const picture = {} as ImageBitmap;

async function started(onBackend: (backend: Backend) => void = () => {}): Promise<Model> {
  const model = new Model("/files/", onBackend);
  await Spoken.all[0]?.say(READY);
  return model;
}

describe("the model's workers", () => {
  beforeEach(() => {
    Spoken.all.length = 0;
    vi.stubGlobal("Worker", Spoken);
    vi.stubGlobal("location", { href: "http://boxwright.test/p/cups/" });
  });

  it("begins on wasm, and tries WebGL in another worker afterwards", async () => {
    await started();
    const loads = Spoken.all.map(({ asked }) => asked[0]);
    expect(loads).toEqual(
      ["wasm", "webgl"].map((backend) => ({ ask: "load", folder: "http://boxwright.test/files/", backend })),
    );
  });

  it("stays on wasm where WebGL has failed", async () => {
    const told: Backend[] = [];
    const model = await started((backend) => told.push(backend));
    const [wasm, webgl] = Spoken.all;
    await webgl?.say({ is: "failed", id: null, reason: "There is no graphics processor." });
    model.find(picture);
    expect([webgl?.isClosed, wasm?.isClosed, wasm?.asked.length, told]).toEqual([true, false, 2, []]);
  });

  it("goes on with WebGL, and lets wasm answer what it was asked", async () => {
    const told: Backend[] = [];
    const model = await started((backend) => told.push(backend));
    const [wasm, webgl] = Spoken.all;
    const early = model.find(picture);
    await webgl?.say(READY);
    const late = model.find(picture);
    expect([told, wasm?.isClosed]).toEqual([["webgl"], false]);
    await wasm?.say(found(1));
    await webgl?.say(found(1));
    expect((await early).milliseconds + (await late).milliseconds).toBe(2);
    expect([wasm?.isClosed, webgl?.isClosed]).toEqual([true, false]);
  });

  it("starts nothing more once it is closed", async () => {
    const model = new Model("/files/");
    model.close();
    await Spoken.all[0]?.say(READY);
    expect(Spoken.all.length).toBe(1);
  });

  it("closes both while WebGL is still tried", async () => {
    (await started()).close();
    expect(Spoken.all.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });
});

import { describe, expect, it } from "vitest";
import { ApiError, OfflineError } from "../../../api/errors";
import type { Image, UploadAnswer } from "../../../api/types";
import { nextBatch, outcomes, type SendFiles, sentOfEach, totalsOf, UploadQueue } from "./uploadQueue";

const NOWHERE: UploadAnswer = { created: [], duplicates: [], rejected: [] };

function file(name: string, size = 10): File {
  return new File([new Uint8Array(size)], name);
}

function files(count: number): File[] {
  return Array.from({ length: count }, (_, n) => file(`${n}.jpg`));
}

function created(names: string[]): UploadAnswer {
  return { ...NOWHERE, created: names.map((name, id) => ({ id, name }) as Image) };
}

function problem(status: number): ApiError {
  return new ApiError({ type: "about:blank", title: "No", status, detail: "No." });
}

function overQuota(): ApiError {
  const detail = "The team may hold 1 images; this would be 1 too many.";
  return new ApiError({ type: "urn:boxwright:over-quota", title: "Over quota", status: 409, detail });
}

const acceptAll: SendFiles = async (sent) => created(sent.map((one) => one.name));

async function settled(queue: UploadQueue): Promise<UploadQueue> {
  for (let turn = 0; turn < 500 && queue.busy; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 1));
  return queue;
}

function states(queue: UploadQueue): string[] {
  return queue.items.value.map((item) => item.state);
}

describe("sending", () => {
  it("brings 200 files home in small requests, at most three at once", async () => {
    let open = 0;
    let most = 0;
    const sizes: number[] = [];
    const queue = new UploadQueue(async (sent, onSent) => {
      open += 1;
      most = Math.max(most, open);
      sizes.push(sent.length);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return acceptAll(sent, onSent);
    });
    queue.add(files(200));
    await settled(queue);
    expect(totalsOf(queue.items.value)).toMatchObject({ files: 200, finished: 200, created: 200 });
    expect(most).toBe(3);
    expect(Math.max(...sizes)).toBe(8);
  });

  it("says what became of each file", async () => {
    const queue = new UploadQueue(async () => ({
      created: [{ id: 7, name: "a.jpg" } as Image],
      duplicates: [{ id: 3, name: "b.jpg" }],
      rejected: [{ name: "c.svg", reason: "SVG is not supported" }],
    }));
    queue.add([file("a.jpg"), file("b.jpg"), file("c.svg"), file("d.jpg")]);
    await settled(queue);
    expect(states(queue)).toEqual(["created", "duplicate", "rejected", "failed"]);
    expect(queue.items.value[1]!.image).toBe(3);
    expect(queue.items.value[2]!.reason).toBe("SVG is not supported");
  });

  it("tells progress file by file while a request is under way", async () => {
    const seen: number[][] = [];
    const queue = new UploadQueue(async (sent, onSent) => {
      onSent(15);
      seen.push(queue.items.value.map((item) => item.sent));
      return acceptAll(sent, onSent);
    });
    queue.add([file("a.jpg"), file("b.jpg")]);
    await settled(queue);
    expect(seen).toEqual([[10, 5]]);
  });
});

describe("failing", () => {
  const options = { backoff: [1, 1], wait: async () => {} };

  it("tries again when the server was away", async () => {
    let calls = 0;
    const queue = new UploadQueue(async (sent, onSent) => {
      calls += 1;
      if (calls < 3) throw calls === 1 ? new OfflineError() : problem(503);
      return acceptAll(sent, onSent);
    }, options);
    queue.add([file("a.jpg")]);
    await settled(queue);
    expect(states(queue)).toEqual(["created"]);
  });

  it("gives up after its tries, and goes on when asked", async () => {
    let away = true;
    const queue = new UploadQueue(async (sent, onSent) => {
      if (away) throw new OfflineError();
      return acceptAll(sent, onSent);
    }, options);
    queue.add([file("a.jpg")]);
    await settled(queue);
    expect(states(queue)).toEqual(["failed"]);
    away = false;
    queue.retryFailed();
    await settled(queue);
    expect(states(queue)).toEqual(["created"]);
  });

  it("does not repeat what was refused for good", async () => {
    let calls = 0;
    const queue = new UploadQueue(async () => {
      calls += 1;
      throw problem(403);
    }, options);
    queue.add([file("a.jpg")]);
    await settled(queue);
    expect(calls).toBe(1);
    expect(states(queue)).toEqual(["failed"]);
  });

  it("sends one by one what is too large together", async () => {
    const queue = new UploadQueue(async (sent, onSent) => {
      if (sent.length > 1 || sent[0]!.name === "big.jpg") throw problem(413);
      return acceptAll(sent, onSent);
    }, options);
    queue.add([file("a.jpg"), file("big.jpg")]);
    await settled(queue);
    expect(states(queue)).toEqual(["created", "rejected"]);
  });

  it("takes what there is room for, and says of the rest which quota", async () => {
    let room = 1;
    const queue = new UploadQueue(async (sent, onSent) => {
      if (sent.length > room) throw overQuota();
      room -= sent.length;
      return acceptAll(sent, onSent);
    }, options);
    queue.add([file("a.jpg"), file("b.jpg"), file("c.jpg")]);
    await settled(queue);
    expect(states(queue)).toEqual(["created", "rejected", "rejected"]);
    expect(queue.items.value[1]!.reason).toBe("The team may hold 1 images; this would be 1 too many.");
  });
});

describe("batches", () => {
  const item = (name: string, size = 10) => ({
    id: 1,
    file: file(name, size),
    state: "waiting" as const,
    sent: 0,
  });

  it("never holds two files of one name", () => {
    expect(nextBatch([item("a.jpg"), item("a.jpg"), item("b.jpg")], 8, 1000)).toHaveLength(2);
  });

  it("keeps to its bytes, but always takes one", () => {
    expect(nextBatch([item("a.jpg", 900), item("b.jpg", 200)], 8, 1000)).toHaveLength(1);
    expect(nextBatch([item("a.jpg", 5000)], 8, 1000)).toHaveLength(1);
  });

  it("spreads a request's bytes over its files in order", () => {
    expect(sentOfEach(25, [10, 10, 10])).toEqual([10, 10, 5]);
    expect(sentOfEach(0, [10])).toEqual([0]);
  });

  it("does not lose a file that the answer leaves out", () => {
    expect(outcomes(NOWHERE, ["a.jpg"])[0]!.state).toBe("failed");
  });
});

import { beforeEach, expect, it } from "vitest";
import { openStorage } from "../../annotator/saving/changeStorage";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { Saver } from "../../annotator/saving/saver";
import type { AnnotationState, EventKinds, Labelled } from "../../api/types";
import { followColleagues } from "./colleagues";
import { ReviewState } from "./reviewState";

const [RACCOON, CAT] = [1, 2];

function row(id: string, image: number, revision = 3): Labelled {
  const said = { label: RACCOON, source: "human", score: null, created_by: null, updated_at: "" };
  const sides = { x_min: 1, y_min: 1, x_max: 9, y_max: 9 };
  return {
    ...{ id, ...said, ...sides },
    image: { id: image, name: "a.jpg", width: 64, height: 48, queue: "labelled", revision },
  };
}

function wire(id: string, label = RACCOON): AnnotationState["annotations"][number] {
  const { image: _, ...rest } = row(id, 0);
  return { ...rest, label };
}

class Events {
  private readonly listeners = new Map<string, (data: never) => void>();
  gap = (): void => undefined;

  on(kind: string, listener: (data: never) => void): () => boolean {
    this.listeners.set(kind, listener);
    return () => this.listeners.delete(kind);
  }

  onGap(listener: () => void): () => void {
    this.gap = listener;
    return () => undefined;
  }

  tell<K extends keyof EventKinds>(kind: K, data: Partial<EventKinds[K]>): void {
    this.listeners.get(kind)?.(data as never);
  }
}

let events: Events;
let review: ReviewState;
let saver: Saver;
let asked: number[];
let states: Record<number, AnnotationState>;
let end: () => void;
const labels = () => review.crops.value.map(({ now }) => now?.label ?? null);
const settle = () => new Promise((done) => setTimeout(done));

beforeEach(() => {
  events = new Events();
  saver = new Saver(
    openStorage(new MemoryStorage(), 1, "tab"),
    () => new Promise<AnnotationState>(() => undefined),
    () => () => undefined,
    { onStatus: () => {}, onState: () => {} },
  );
  review = new ReviewState({ saver, onState: () => () => undefined });
  review.add([row("a", 7), row("b", 7), row("c", 8)]);
  asked = [];
  states = {
    7: { revision: 4, queue: "labelled", annotations: [wire("a", CAT)] },
    8: { revision: 3, queue: "labelled", annotations: [wire("c")] },
  };
  end = followColleagues(review, events as never, async (image) => {
    asked.push(image);
    return states[image]!;
  });
});

it("shows what they relabelled and deleted", async () => {
  events.tell("image", { id: 7, revision: 4 });
  events.tell("image", { id: 9, revision: 4 });
  events.tell("image", { id: 8, revision: 3 });
  await settle();
  expect([asked, labels()]).toEqual([[7], [CAT, null, RACCOON]]);
  expect(review.changed.value).toBe(0);
});

it("asks once for what changes again and again", async () => {
  for (let revision = 4; revision < 50; revision += 1) events.tell("image", { id: 7, revision });
  await settle();
  expect(asked.length).toBeLessThanOrEqual(2);
});

it("leaves deleted images in place, and changes nothing of them", () => {
  review.pick(0, false);
  review.relabel(CAT);
  events.tell("deleted", { ids: [7, 99] });
  expect(labels()).toEqual([null, null, RACCOON]);
  review.selectAll();
  expect([review.relabel(CAT), labels()]).toEqual([1, [null, null, CAT]]);
  expect([review.undo(), review.undo(), labels()]).toEqual([1, 0, [null, null, RACCOON]]);
});

it("shows what came back from the Trash, though it is as it was", async () => {
  states[7] = { revision: 3, queue: "labelled", annotations: [wire("a"), wire("b")] };
  events.tell("deleted", { ids: [7] });
  events.tell("image", { id: 7, revision: 3 });
  await settle();
  expect(labels()).toEqual([RACCOON, RACCOON, RACCOON]);
  expect(review.relabel(CAT)).toBe(1);
});

it("looks again at all after a gap, and at nothing once it has ended", async () => {
  events.gap();
  await settle();
  expect(asked).toEqual([7, 8]);
  end();
  events.tell("image", { id: 7, revision: 9 });
  await settle();
  expect(asked).toEqual([7, 8]);
});

it("leaves an image with something pending to its save", async () => {
  review.active.value = 0;
  review.relabel(CAT);
  events.tell("image", { id: 7, revision: 4 });
  await settle();
  expect(asked).toEqual([]);
});

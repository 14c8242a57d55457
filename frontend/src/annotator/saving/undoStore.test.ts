import { beforeEach, expect, it } from "vitest";
import { newAnnotation } from "../core/annotation";
import { commit, documentOf, type History } from "../core/document";
import { MemoryDevice } from "./memoryStorage.testing";
import { MOST, UndoStore } from "./undoStore";

const BOX = { x_min: 1, y_min: 2, x_max: 30, y_max: 40 };
const PREFIX = "undo:1:";

let device: MemoryDevice;
let isMarked: boolean;
let now: number;
let waiting: (() => void)[];

beforeEach(() => {
  device = new MemoryDevice();
  isMarked = true;
  now = 0;
  waiting = [];
});

/** As a page starts. */
function opened(prefix = PREFIX, on: MemoryDevice | null = device): Promise<UndoStore> {
  const later = (_: number, run: () => void): (() => void) => {
    waiting.push(run);
    return () => {};
  };
  return UndoStore.open({ device: on, prefix, mark: () => isMarked, later, now: () => ++now });
}

/** So many boxes, a step each. */
function drawn(count: number, name = "drawn"): History {
  let document = documentOf([]);
  for (let at = 0; at < count; at += 1) {
    const box = newAnnotation(`${name}-${at}`, 1, BOX);
    document = commit(document, [{ id: box.id, after: box }]);
  }
  return { past: document.past, future: document.future };
}

async function kept(): Promise<string[]> {
  return (await device.entries("")).map(([key]) => key);
}

async function written(): Promise<void> {
  for (const run of waiting.splice(0)) run();
  await kept(); // the writes are in order
}

it("knows at once what was done, and another page once it is written", async () => {
  const store = await opened();
  store.keep(3, 7, drawn(1));
  store.keep(3, 7, drawn(2));
  expect(store.find(3, 7)).toEqual(drawn(2));
  expect([waiting.length, await kept()]).toEqual([1, []]);
  await written();
  expect(store.find(3, 7)).toEqual(drawn(2));
  const next = await opened();
  expect(next.find(3, 7)).toEqual(drawn(2));
  expect([next.find(3, 8), next.find(4, 7), (await opened("undo:12:")).find(3, 7)]).toEqual([
    null,
    null,
    null,
  ]);
});

it("keeps flags, suggestions, deletions and rows of nudges as they were", async () => {
  const mark = {
    ...newAnnotation("a", 1, BOX),
    source: "model",
    score: 0.4,
    attributes: { difficult: true },
  };
  const whole = newAnnotation("w", 2, null);
  const history: History = {
    past: [
      { changes: [{ id: "a", before: null, after: mark }], rejected: ["s"] },
      { changes: [{ id: "a", before: mark, after: null }], rejected: [], nudged: 5 },
    ],
    future: [{ changes: [{ id: "w", before: null, after: whole }], rejected: [] }],
  };
  (await opened()).keep(3, 7, history);
  await written();
  expect((await opened()).find(3, 7)).toEqual(history);
});

it("has the older images go first once there are too many", async () => {
  const store = await opened();
  for (let image = 0; image <= MOST.images; image += 1) store.keep(3, image, drawn(1));
  store.flush();
  store.keep(3, 1, drawn(2));
  store.keep(3, 500, drawn(1));
  await written();
  const found = [0, 1, 2, 3, 500].map((image) => store.find(3, image) !== null);
  expect(found).toEqual([false, true, false, true, true]);
  expect((await kept()).length).toBe(MOST.images);
  expect((await opened()).find(3, 1)).toEqual(drawn(2));
});

it("has the older steps of an image go first, and the older images, once they are too long", async () => {
  const store = await opened();
  const long = drawn(500, "x".repeat(1_000));
  for (let image = 0; image < 40; image += 1) store.keep(3, image, long);
  await written();
  const { past = [] } = store.find(3, 39) ?? {};
  expect(past.length).toBeGreaterThan(20);
  expect(past).toEqual(long.past.slice(-past.length));
  const texts = (await device.entries("")).map(([, row]) => (row as { text: string }).text.length);
  expect(Math.max(...texts)).toBeLessThanOrEqual(MOST.charactersAnImage);
  expect(texts.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(MOST.characters);
  expect(store.find(3, 0)).toBeNull();
});

it("takes nothing that it does not know from an older edition or a broken row", async () => {
  const step = { changes: [{ id: "a", before: null, after: newAnnotation("a", 1, BOX) }], rejected: [] };
  const change = (of: object): object => ({ ...step, changes: [{ ...step.changes[0], ...of }] });
  const after = (of: object): object => change({ after: { ...newAnnotation("a", 1, BOX), ...of } });
  const broken: unknown[] = [
    { past: [step] },
    { past: {}, future: [] },
    { past: [null], future: [] },
    { past: [{ changes: [] }], future: [] },
    { past: [], future: [change({ before: undefined })] },
    ...[
      { id: "b" },
      { label: "1" },
      { box: { x_min: 1 } },
      { box: [1, 2, 3, 4] },
      { source: 1 },
      { score: "1" },
    ].map((of) => ({ past: [after(of)], future: [] })),
  ];
  const texts = [...broken.map((one) => JSON.stringify(one)), "no JSON", "null", "5"];
  for (const [image, text] of texts.entries()) await device.put(`${PREFIX}3:${image}`, { at: image, text });
  await device.put(`${PREFIX}3:100`, { at: 1, text: JSON.stringify({ past: [step], future: [] }) });
  await device.put(`${PREFIX}3:101`, "no row");
  const store = await opened();
  expect(texts.filter((_, image) => store.find(3, image) !== null)).toEqual([]);
  expect([store.find(3, 100)?.past.length, store.find(3, 101)]).toEqual([1, null]);
});

it("lasts as long as the page where the device has no room, no store, or nobody could take it away", async () => {
  const none = await opened(PREFIX, null);
  none.keep(3, 7, drawn(1));
  none.flush();
  expect(none.find(3, 7)).toEqual(drawn(1));
  device.full = true;
  const full = await opened();
  full.keep(3, 7, drawn(1));
  await written();
  expect(full.find(3, 7)).toEqual(drawn(1));
  device.full = false;
  isMarked = false;
  full.keep(3, 8, drawn(1));
  await written();
  expect([full.find(3, 8), await kept()]).toEqual([drawn(1), []]);
});

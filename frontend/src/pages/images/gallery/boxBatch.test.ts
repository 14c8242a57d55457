import { beforeEach, expect, it, vi } from "vitest";
import { BoxBatch } from "./boxBatch";

const REST = 60;
let asked: (readonly number[])[] = [];
let answer: (images: readonly number[]) => Promise<ReadonlyMap<number, string>>;
const all = async (images: readonly number[]) => new Map(images.map((id) => [id, `boxes of ${id}`]));

function batch(most = 3): BoxBatch<string> {
  return new BoxBatch(
    (_project, images) => {
      asked.push(images);
      return answer(images);
    },
    REST,
    most,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = all;
});

it("asks once for all tiles that came into view", async () => {
  const found: string[] = [];
  const one = batch();
  for (const image of [1, 2, 3]) one.want({ project: 7, image }, (text) => found.push(text));
  await vi.advanceTimersByTimeAsync(REST - 1);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked, found]).toEqual([[[1, 2, 3]], ["boxes of 1", "boxes of 2", "boxes of 3"]]);
});

it("asks for nothing that went out of view, or not at all", async () => {
  const one = batch();
  const forget = [1, 2].map((image) => one.want({ project: 7, image }, () => {}));
  forget[0]!();
  await vi.advanceTimersByTimeAsync(REST);
  expect(asked).toEqual([[2]]);
  one.want({ project: 7, image: 3 }, () => {})();
  await vi.advanceTimersByTimeAsync(5 * REST);
  expect(asked).toHaveLength(1);
});

it("tells nothing to a tile that went while the answer was on its way", async () => {
  const told = vi.fn();
  const one = batch();
  const forget = one.want({ project: 7, image: 1 }, told);
  answer = async (images) => {
    forget();
    return all(images);
  };
  await vi.advanceTimersByTimeAsync(REST);
  expect([asked, told.mock.calls]).toEqual([[[1]], []]);
});

it("asks again for what one answer did not hold", async () => {
  const found: string[] = [];
  const one = batch();
  answer = (images) => all(images.slice(0, 1));
  for (const image of [1, 2, 3, 4]) one.want({ project: 7, image }, (text) => found.push(text));
  await vi.advanceTimersByTimeAsync(10 * REST);
  expect(asked).toEqual([[1, 2, 3], [2, 3, 4], [3, 4], [4]]);
  expect(found).toHaveLength(4);
});

it("gives up what fails, and what the server knows nothing of", async () => {
  const one = batch();
  answer = async () => new Map();
  one.want({ project: 7, image: 1 }, () => {});
  await vi.advanceTimersByTimeAsync(10 * REST);
  answer = async () => Promise.reject(new Error("away"));
  one.want({ project: 7, image: 2 }, () => {});
  await vi.advanceTimersByTimeAsync(10 * REST);
  expect(asked).toEqual([[1], [2]]);
  answer = all;
  const told = vi.fn();
  one.want({ project: 8, image: 2 }, told);
  await vi.advanceTimersByTimeAsync(REST);
  expect(told).toHaveBeenCalledOnce();
});

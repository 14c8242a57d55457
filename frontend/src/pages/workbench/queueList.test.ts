import { expect, it } from "vitest";
import type { Image, Page } from "../../api/types";
import { QueueList } from "./queueList";

const PAGES: Record<string, number[]> = { first: [1, 2, 5], second: [6, 9] };

function listed(): { list: QueueList; asked: (string | null)[] } {
  const asked: (string | null)[] = [];
  const list = new QueueList(async (url): Promise<Page<Image>> => {
    asked.push(url);
    const results = (PAGES[url ?? "first"] ?? []).map((id) => ({ id }) as Image);
    return { results, next: url === null ? "second" : null, previous: null };
  });
  return { list, asked };
}

it("goes on from page to page, and asks for each once", async () => {
  const { list, asked } = listed();
  expect((await list.after(null))?.id).toBe(1);
  expect((await list.after(2))?.id).toBe(5);
  expect((await list.after(5))?.id).toBe(6);
  expect((await list.after(3))?.id).toBe(5);
  expect(await list.after(9)).toBeNull();
  expect(asked).toEqual([null, "second"]);
});

it("asks for no more pages than it may", async () => {
  const { list, asked } = listed();
  expect(await list.after(8, 1)).toBeNull();
  expect(asked).toEqual([null]);
});

import { expect, it } from "vitest";
import type { Image } from "../../api/types";
import { FilteredList } from "./filteredList";

it("asks once for what lies beside an image, and again at the end of the list", async () => {
  const asked: object[] = [];
  const list = new FilteredList(async (part) => {
    asked.push(part);
    const results = part.after === 9 ? [] : [{ id: 2 } as Image];
    return { results, next: null, previous: null };
  });
  expect((await list.first())?.id).toBe(2);
  expect((await list.beside(1, "after")).map(({ id }) => id)).toEqual([2]);
  await list.beside(1, "after");
  await list.beside(1, "before");
  expect(await list.beside(9, "after")).toEqual([]);
  await list.beside(9, "after");
  expect(asked).toEqual([
    { limit: 1 },
    { limit: 15, after: 1 },
    { limit: 6, before: 1 },
    { limit: 15, after: 9 },
    { limit: 15, after: 9 },
  ]);
});

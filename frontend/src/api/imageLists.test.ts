import { expect, it } from "vitest";
import { filterBody, filterFrom, filterQuery, isNarrowed } from "./imageLists";

it.each([
  "",
  "queue=labelled",
  "queue=done&label=3&search=a+b%26c&drafts=mine&order=name",
  "boxes=none&author=4&min_width=641&max_width=1920&suggested=true&split=val&assigned=7",
  "assigned=nobody",
])("reads from an address what it wrote there: %s", (text) => {
  expect(filterQuery(filterFrom(new URLSearchParams(text))).toString()).toBe(text);
});

it("takes nothing that is no queue and no order", () => {
  const strange =
    "queue=open&drafts=yours&order=size&boxes=huge&author=me&min_width=-1&suggested=1&split=dev&assigned=me";
  const filter = filterFrom(new URLSearchParams(strange));
  expect(filterQuery(filter).toString()).toBe("");
  expect([filter.queue, filter.order, isNarrowed(filter)]).toEqual(["all", "-created", false]);
});

it("asks a bulk change for what the list shows, in any order", () => {
  const filter = filterFrom(new URLSearchParams("queue=done&author=4&order=name"));
  expect(filterBody(filter)).toEqual({ queue: "done", author: "4" });
  expect(isNarrowed(filter)).toBe(true);
});

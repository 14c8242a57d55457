import { expect, it } from "vitest";
import { filterFrom, filterQuery } from "./imageLists";

it.each(["", "queue=labelled", "queue=done&label=3&search=a+b%26c&drafts=mine&order=name"])(
  "reads from an address what it wrote there: %s",
  (text) => {
    expect(filterQuery(filterFrom(new URLSearchParams(text))).toString()).toBe(text);
  },
);

it("takes nothing that is no queue and no order", () => {
  const filter = filterFrom(new URLSearchParams("queue=open&drafts=yours&order=size"));
  expect(filter).toEqual({ queue: "all", label: "", search: "", drafts: "", order: "-created" });
});

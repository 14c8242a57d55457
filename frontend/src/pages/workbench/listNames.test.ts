import { expect, it } from "vitest";
import { filterFrom } from "../../api/imageLists";
import type { Label } from "../../api/types";
import { listName, placeName } from "./listNames";

it.each([
  ["", "All images, newest first"],
  ["queue=labelled&order=name", "Labelled, by name"],
  ["queue=unlabelled&drafts=mine", "Unlabelled, my drafts, newest first"],
  ["boxes=none&max_width=640", "All images, no boxes, 640 px wide or less, newest first"],
  [
    "author=4&boxes=small&suggested=true",
    "All images, small boxes, one person’s, with suggestions, newest first",
  ],
  ["queue=done&label=3&search=ir&order=created", "Done, label raccoon, name with “ir”, oldest first"],
])("names the list %s", (query, name) => {
  const labels = [{ id: 3, name: "raccoon" } as Label];
  expect(listName(filterFrom(new URLSearchParams(query)), labels)).toBe(name);
});

it("says which image of the list it is, while it is in it", () => {
  expect(placeName({ place: 12, total: 418, has_more: false }, "Labelled, by name")).toBe(
    "12 of 418 in Labelled, by name",
  );
  expect(placeName({ place: null, total: 418, has_more: false }, "Labelled, by name")).toBe(
    "Labelled, by name",
  );
  expect(placeName(null, "Labelled, by name")).toBe("Labelled, by name");
});

import { expect, it } from "vitest";
import { filterFrom } from "../../api/imageLists";
import type { Label } from "../../api/types";
import { listName } from "./listNames";

it.each([
  ["", "All images, newest first"],
  ["queue=labelled&order=name", "Labelled, by name"],
  ["queue=unlabelled&drafts=mine", "Unlabelled, my drafts, newest first"],
  ["queue=done&label=3&search=ir&order=created", "Done, label raccoon, name with “ir”, oldest first"],
])("names the list %s", (query, name) => {
  const labels = [{ id: 3, name: "raccoon" } as Label];
  expect(listName(filterFrom(new URLSearchParams(query)), labels)).toBe(name);
});

import { expect, it } from "vitest";
import { placeOf, wordOf } from "./steps";

it("knows which step an import is at, and that it is past the last one", () => {
  expect(placeOf({ status: "queued", stage: "" })).toBe(0);
  expect(placeOf({ status: "running", stage: "reading" })).toBe(0);
  expect(placeOf({ status: "waiting", stage: "review" })).toBe(1);
  expect(placeOf({ status: "queued", stage: "applying" })).toBe(2);
  expect(placeOf({ status: "succeeded", stage: "" })).toBe(3);
});

it("says in a word what happens", () => {
  expect(wordOf({ status: "queued", stage: "reading" })).toBe("Reading");
  expect(wordOf({ status: "waiting", stage: "review" })).toBe("Review");
  expect(wordOf({ status: "running", stage: "applying" })).toBe("Importing");
  expect(wordOf({ status: "canceled", stage: "" })).toBe("Canceled");
});

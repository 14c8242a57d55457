import { expect, it } from "vitest";
import type { BulkChange } from "../api/types";
import { outcome } from "./bulkChanges";

const CHANGE = {
  deed: "move",
  asked: { queue: "done" },
  status: "succeeded",
  error: null,
  done_count: 12,
  refused_count: 0,
  refused: [],
} as unknown as BulkChange;

it("says what was done, what stayed as it was, and why", () => {
  expect(outcome(CHANGE)).toBe("12 images moved to Done.");
  const refused = [{ reason: "It has no boxes.", count: 2 }];
  expect(outcome({ ...CHANGE, deed: "label", done_count: 1, refused_count: 2, refused })).toBe(
    "1 image labelled. 2 images stayed: It has no boxes.",
  );
});

it("says how it ended, where that was too early", () => {
  expect(outcome({ ...CHANGE, deed: "delete", status: "canceled" })).toBe(
    "12 images moved to the Trash. The rest was canceled.",
  );
  const error = { code: "not_a_member", detail: "Who asked for it is no longer on the team." };
  expect(outcome({ ...CHANGE, deed: "purge", status: "failed", error })).toBe(
    `12 images deleted for good. ${error.detail}`,
  );
});

it.each([
  ["assign", { person: 7 }, "12 images assigned."],
  ["assign", { person: null }, "12 images assigned to nobody."],
  ["assign", {}, "12 images taken back."],
  ["give_back", { person: null }, "12 images given back."],
  ["give_back", {}, "12 images taken back."],
] as const)("says of %s %j what became of it", (deed, asked, text) => {
  expect(outcome({ ...CHANGE, deed, asked, done_count: 12, refused_count: 0, refused: [] })).toBe(text);
});

import { describe, expect, it } from "vitest";
import type { Snapshot } from "../api/types";
import { withPage } from "./snapshotRows";

const row = (number: number, status: Snapshot["status"]) => ({ id: number, number, status }) as Snapshot;
const shown = (rows: Snapshot[]) => rows.map(({ number, status }) => `${number} ${status}`);

describe("a page that was read before an event came", () => {
  it("does not take back what has ended", () => {
    const known = [row(2, "succeeded")];
    expect(shown(withPage(known, [row(2, "running"), row(1, "succeeded")]))).toEqual([
      "2 succeeded",
      "1 succeeded",
    ]);
  });

  it("shows what it knows later", () => {
    expect(shown(withPage([row(2, "running")], [row(2, "failed")]))).toEqual(["2 failed"]);
  });
});

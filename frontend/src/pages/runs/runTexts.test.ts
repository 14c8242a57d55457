import { describe, expect, it } from "vitest";
import type { Run } from "../../api/types";
import { baseText, failureTitle, runBefore, tookText } from "./runTexts";

const run = (number: number, status: string): Run => ({ id: number + 100, number, status }) as Run;
const runs = [run(4, "running"), run(3, "failed"), run(2, "succeeded"), run(1, "succeeded")];

describe("a run in words", () => {
  it("says what it started from", () => {
    const from = (base: string, project: number | null) =>
      baseText({
        base,
        project: 1,
        base_run: project && { id: 9, number: 2, project: there(project) },
      } as Run);
    const there = (id: number) => ({ id, name: "Badgers", slug: "badgers" });
    expect(from("catalogue", null)).toBe("from catalogue weights");
    expect(from("none", null)).toBe("from random weights");
    expect(from("run:9", 1)).toBe("from run 2");
    expect(from("run:9", 5)).toBe("from run 2 of Badgers");
    expect(from("checkpoint", null)).toBe("from weights that were deleted");
    const base_file = { id: 4, name: "mine.pth", size: 8, sha256: "9f2c41d7b08e".padEnd(64, "0") };
    expect(baseText({ base: "file:4", base_file, base_run: null, project: 1 })).toBe(
      "from mine.pth (9f2c·41d7·b08e)",
    );
  });

  it("says how long it took, once it has ended", () => {
    expect(tookText({ started_at: "2026-11-20T10:00:00Z", finished_at: "2026-11-20T10:01:15Z" })).toBe(
      "1 min 15 s",
    );
    expect(tookText({ started_at: "2026-11-20T10:00:00Z", finished_at: null })).toBeNull();
  });

  it("has a headline for each failure, also for one it does not know", () => {
    expect(failureTitle("weights_unavailable")).toContain("weights");
    expect(failureTitle("something new")).toBe("The run failed");
  });
});

describe("the run to compare with", () => {
  it("is the newest finished one before it", () => {
    expect(runBefore(runs, runs[0] as Run)?.number).toBe(2);
    expect(runBefore(runs, runs[3] as Run)).toBeNull();
  });
});

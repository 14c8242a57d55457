import { describe, expect, it } from "vitest";
import type { Base, BaseFile } from "../api/types";
import { baseChoices, baseHint, UPLOAD } from "./bases";

const there = (id: number) => ({ id, name: "Badgers", slug: "badgers" });
const run = (id: number, model: string, project: number) =>
  ({ id, number: id, model, project: there(project), metrics: {} }) as Base;
const file = {
  id: 4,
  name: "mine.pth",
  size: 13_600_000,
  sha256: "9f2c41d7b08e".padEnd(64, "0"),
  created_by: { id: 1, name: "Ada" },
} as BaseFile;

describe("what a run starts from", () => {
  it("is a run of the same model, a file, or neither", () => {
    const { options, groups } = baseChoices(
      "ssd",
      [run(7, "ssd", 1), run(8, "yolo", 1), run(9, "ssd", 2)],
      [file],
      1,
    );
    expect(options.map((one) => one.value)).toEqual(["catalogue", "run:7", "none", UPLOAD]);
    expect(groups.map((group) => group.options)).toEqual([
      [{ value: "file:4", name: "mine.pth, 13.6 MB" }],
      [{ value: "run:9", name: "Run 9 of Badgers" }],
    ]);
  });

  it("tells a file by who brought it and its hash", () => {
    expect(baseHint("file:4", undefined, file)).toContain("From Ada, sha256 9f2c·41d7·b08e.");
    expect(baseHint("file:4", undefined, { ...file, created_by: null })).toMatch(/^sha256 /);
    expect(baseHint("catalogue", { weights_available: true }, undefined)).toBeUndefined();
  });
});

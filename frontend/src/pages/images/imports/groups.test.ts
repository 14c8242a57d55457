import { expect, it } from "vitest";
import type { Finding } from "../../../api/types";
import { grouped, placeText } from "./groups";

const finding = (
  severity: Finding["severity"],
  reason: string,
  file: string,
  line: number | null = null,
): Finding => ({
  severity,
  rule: "unknown_label",
  reason,
  file,
  line,
});

it("says each reason once, with its places, what is worst first", () => {
  const groups = grouped([
    finding("info", "no annotation file", ""),
    finding("error", "unknown label 'owl'", "a.xml", 14),
    finding("error", "unknown label 'owl'", "b.xml", 3),
    finding("warning", "box outside the image", "a.xml", 20),
  ]);
  expect(groups.map((group) => [group.severity, group.places.length])).toEqual([
    ["error", 2],
    ["warning", 1],
    ["info", 0],
  ]);
});

it("names the line where there is one", () => {
  expect(placeText({ file: "a.xml", line: 14 })).toBe("a.xml:14");
  expect(placeText({ file: "a.jpg", line: null })).toBe("a.jpg");
});

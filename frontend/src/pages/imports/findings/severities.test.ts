import { expect, it } from "vitest";
import { type RuleCount, severityText, worstFirst } from "./severities";

const rules: RuleCount[] = [
  { rule: "UNLABELLED", severity: "info", title: "Images without annotations", count: 1 },
  { rule: "NO_AREA", severity: "error", title: "Boxes without area", count: 2 },
  { rule: "CUT", severity: "warning", title: "Boxes cut", count: 1200 },
  { rule: "OUTSIDE", severity: "error", title: "Boxes outside", count: 10 },
];

it("puts what is worst first, then what is most", () => {
  expect(worstFirst(rules).map(({ rule }) => rule)).toEqual(["OUTSIDE", "NO_AREA", "CUT", "UNLABELLED"]);
});

it("sums up by severity", () => {
  expect(severityText(rules)).toBe("12 left out, 1,200 repaired, 1 note");
  expect(severityText([])).toBe("");
});

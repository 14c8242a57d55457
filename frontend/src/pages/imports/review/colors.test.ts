import { expect, it } from "vitest";
import type { Label } from "../../../api/types";
import { labelColors } from "./colors";
import type { ReviewLabel } from "./mapping";
import { drawn } from "./reviewBoxes";

const cat = { id: 7, name: "cat", color: "#AA53FB" } as Label;
const targets = { labels: [cat], mayMakeNew: true };

function named(name: string, match: ReviewLabel["match"] = null): ReviewLabel {
  return { name, count: 1, match, similar: false };
}

const labels = [named("cat", cat), named("Zebra"), named("zebra"), named("yak"), named("gnu")];
const chosen = new Map([["gnu", { to: "ignore" } as const]]);

it("gives new labels the first free colours, one to names that are one", () => {
  expect([...labelColors(labels, chosen, targets)]).toEqual([
    ["cat", "#AA53FB"],
    ["Zebra", "#F5A420"],
    ["zebra", "#F5A420"],
    ["yak", "#92FEF9"],
  ]);
});

it("draws what would come in", () => {
  const sides = { x_min: 1, y_min: 2, x_max: 3, y_max: 4 };
  const annotations = [{ label: "cat", ...sides }, { label: "gnu", ...sides }, { label: "yak" }];
  const image = { number: 0, name: "a.png", width: 9, height: 9, url: "", annotations };
  expect(drawn(image, labelColors(labels, chosen, targets))).toEqual({
    boxes: [{ id: "0", color: "#AA53FB", ...sides }],
    labels: [
      { name: "cat", color: "#AA53FB" },
      { name: "yak", color: "#92FEF9" },
    ],
  });
});

import { expect, it } from "vitest";
import type { Annotation, Label } from "../api/types";
import { drawnBoxes } from "./boxes";

const box = { id: "a", label: 7, x_min: 1, y_min: 2, x_max: 3, y_max: 4 } as Annotation;
const cat = { id: 7, name: "cat", color: "#AA53FB" } as Label;

it("draws boxes in the colours that their labels have now", () => {
  expect(drawnBoxes([box], [cat])).toEqual([
    { id: "a", color: "#AA53FB", x_min: 1, y_min: 2, x_max: 3, y_max: 4 },
  ]);
  expect(drawnBoxes([box], [{ ...cat, color: "#0D9298" }])[0]?.color).toBe("#0D9298");
});

it("draws a box whose label is not here yet", () => {
  expect(drawnBoxes([box], [])[0]?.color).toBe("#fff");
});

it("draws nothing for a label of the whole image", () => {
  expect(drawnBoxes([{ id: "a", label: 7 } as Annotation], [cat])).toEqual([]);
});

import { expect, it } from "vitest";
import type { Label } from "../api/types";
import { labelsFor, newName } from "./labelSearch";

const NAMES = ["speed limit 50", "no speed limit 170", "speed limit 70", "traffic light", "Limit"];
const labels = NAMES.map((name, id) => ({ id, name }) as Label);
const found = (text: string): string[] => labelsFor(labels, text).map(({ label }) => label.name);

it.each([
  ["speed 7", ["speed limit 70", "no speed limit 170"]],
  ["li", ["Limit", "speed limit 50", "no speed limit 170", "speed limit 70", "traffic light"]],
  [" 70 speed ", ["speed limit 70", "no speed limit 170"]],
  ["speed x", []],
  ["", NAMES],
])("finds labels by their words: %s", (text, names) => {
  expect(found(text)).toEqual(names);
});

it("puts the last used on top, once the text says no more", () => {
  const names = labelsFor(labels, "speed", [2, 1]).map(({ label }) => label.name);
  expect(names).toEqual(["speed limit 70", "speed limit 50", "no speed limit 170"]);
  expect(labelsFor(labels, "", [4])[0]?.label.name).toBe("Limit");
});

it.each([
  ["Stop", "Stop"],
  [" yield  ", "yield"],
  ["Traffic   LIGHT", null],
  [" ", null],
])("adds %j as %j", (text, name) => {
  expect(newName(labels, text)).toBe(name);
});

import { expect, it } from "vitest";
import type { Import } from "../../../api/types";
import { formOf, isChanged, requestOf } from "./readingForm";

const read = {
  format: "csv",
  choices: {},
  read_as: { delimiter: ";", header: "yes", image: "file", label: "class" },
} as unknown as Import;

it("shows how the archive was read, and the columns that were not found", () => {
  const form = formOf(read);
  expect(form).toMatchObject({ format: "csv", boxesOn: "auto", firstPixel: "0" });
  expect(form.table).toMatchObject({
    delimiter: ";",
    header: "yes",
    image: "file",
    label: "class",
    split: "",
  });
  expect(isChanged(form, read)).toBe(false);
});

it("sends only what differs from what was recognised, and what was chosen before", () => {
  const form = formOf(read);
  const changed = { ...form, firstPixel: "1" as const, table: { ...form.table, label: " ", split: "set" } };
  expect(isChanged(changed, read)).toBe(true);
  expect(requestOf(changed, read)).toEqual({
    format: "",
    choices: { boxes_on: "auto", first_pixel: 1, table: { label: "-", split: "set" } },
  });
  const again = { ...read, choices: { table: { delimiter: ";", score: "-" } } } as Import;
  expect(formOf(again).table.score).toBe("");
  expect(requestOf(formOf(again), again).choices.table).toEqual({ delimiter: ";", score: "-" });
});

it("asks another format for nothing that was recognised in this one", () => {
  const form = { ...formOf(read), format: "voc" };
  expect(requestOf(form, read)).toMatchObject({ format: "voc", choices: { table: {} } });
});

it("offers nothing of a table where none was read", () => {
  expect(formOf({ ...read, read_as: { files: "boxes.csv" } }).table).toEqual({});
});

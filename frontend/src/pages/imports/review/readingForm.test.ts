import { expect, it } from "vitest";
import type { Import } from "../../../api/types";
import { formOf, isChanged, requestOf } from "./readingForm";

const read = {
  format: "csv",
  choices: {},
  read_as: { delimiter: ";", decimal: "," },
} as unknown as Import;

it("shows how the archive was read", () => {
  expect(formOf(read)).toEqual({
    format: "csv",
    boxesOn: "auto",
    firstPixel: "0",
    table: { delimiter: ";", decimal: "," },
  });
  expect(isChanged(formOf(read), read)).toBe(false);
});

it("sends only what differs from what was recognised, and what was chosen before", () => {
  const changed = { ...formOf(read), firstPixel: "1" as const, table: { delimiter: ";", decimal: "." } };
  expect(isChanged(changed, read)).toBe(true);
  expect(requestOf(changed, read)).toEqual({
    format: "",
    choices: { boxes_on: "auto", first_pixel: 1, table: { decimal: "." } },
  });
  const again = { ...read, choices: { table: { delimiter: ";" } } } as Import;
  expect(requestOf(formOf(again), again).choices.table).toEqual({ delimiter: ";" });
});

it("asks another format for nothing that was recognised in this one", () => {
  const form = { ...formOf(read), format: "voc" };
  expect(requestOf(form, read)).toMatchObject({ format: "voc", choices: { table: {} } });
});

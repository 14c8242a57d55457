/** How an archive is read, as the form has it. */
import type { Import, ReadChoices } from "../../../api/types";
import { chosenOf, tableOf } from "./tableChoices";

export interface ReadingForm {
  readonly format: string;
  readonly boxesOn: NonNullable<ReadChoices["boxes_on"]>;
  readonly firstPixel: "0" | "1";
  /** How a table is read; empty for other formats. */
  readonly table: Readonly<Record<string, string>>;
}

export function formOf({ format, choices, read_as }: Import): ReadingForm {
  return {
    format,
    boxesOn: choices.boxes_on ?? "auto",
    firstPixel: choices.first_pixel === 1 ? "1" : "0",
    table: tableOf(read_as, choices.table),
  };
}

/** As the server takes it; no format: as before. What was recognised in a table does not hold for another format. */
export function requestOf(form: ReadingForm, from: Import): { format: string; choices: ReadChoices } {
  return {
    format: form.format === from.format ? "" : form.format,
    choices: {
      boxes_on: form.boxesOn,
      first_pixel: form.firstPixel === "1" ? 1 : 0,
      table: form.format === from.format ? chosenOf(form.table, from.read_as, from.choices.table) : {},
    },
  };
}

export function isChanged(form: ReadingForm, from: Import): boolean {
  return JSON.stringify(form) !== JSON.stringify(formOf(from));
}

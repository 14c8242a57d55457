/** How an archive is read, as the form has it. */
import type { Import, ReadChoices } from "../../../api/types";

export interface ReadingForm {
  readonly format: string;
  readonly boxesOn: NonNullable<ReadChoices["boxes_on"]>;
  readonly firstPixel: "0" | "1";
  /** How a table is read, by the names that its format has for it. */
  readonly table: Readonly<Record<string, string>>;
}

export function formOf({ format, choices, read_as }: Import): ReadingForm {
  return {
    format,
    boxesOn: choices.boxes_on ?? "auto",
    firstPixel: choices.first_pixel === 1 ? "1" : "0",
    table: { ...read_as, ...choices.table },
  };
}

/** The entries of the table that are not as the file was read. */
function changed(table: ReadingForm["table"], { read_as, choices }: Import): Record<string, string> {
  const isKept = ([name, value]: [string, string]) =>
    value !== read_as[name] || choices.table?.[name] !== undefined;
  return Object.fromEntries(Object.entries(table).filter(isKept));
}

/** As the server takes it; no format: as before. What was recognised in a table does not hold for another format. */
export function requestOf(form: ReadingForm, from: Import): { format: string; choices: ReadChoices } {
  return {
    format: form.format === from.format ? "" : form.format,
    choices: {
      boxes_on: form.boxesOn,
      first_pixel: form.firstPixel === "1" ? 1 : 0,
      table: form.format === from.format ? changed(form.table, from) : {},
    },
  };
}

export function isChanged(form: ReadingForm, from: Import): boolean {
  return JSON.stringify(form) !== JSON.stringify(formOf(from));
}

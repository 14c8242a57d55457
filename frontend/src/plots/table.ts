/** A plot's numbers as a table: what a screen reader reads and what CSV carries. Pure. */

import { allX, type Series } from "./series";

export type Cell = string | number | null;

export interface PlotTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** One row an x, one column a series. */
export function tableOfSeries(xName: string, series: readonly Series[]): PlotTable {
  const columns = series.map((one) => new Map(one.points.map((point) => [point.x, point.y])));
  return {
    columns: [xName, ...series.map((one) => one.name)],
    rows: allX(series).map((x) => [x, ...columns.map((column) => column.get(x) ?? null)]),
  };
}

/** RFC 4180: CRLF, quotes doubled; nothing for a missing value. */
export function csvOf(table: PlotTable): string {
  return [table.columns, ...table.rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  // A label may be named "=cmd": a leading quote keeps spreadsheets from running it.
  const safe = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** "AP 0.598 at epoch 11": the sentence under a crosshair. */
export function readout(xName: string, x: number, series: readonly Series[], digits: number): string {
  const values = series.flatMap((one) => {
    const y = one.points.find((point) => point.x === x)?.y ?? null;
    return y === null ? [] : [`${one.name} ${y.toFixed(digits)}`];
  });
  return `${xName} ${x}: ${values.length > 0 ? values.join(", ") : "no value"}`;
}

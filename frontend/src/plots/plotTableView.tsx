import type { Cell, PlotTable } from "./table";

/** The numbers of a plot, for who would rather read than look. */
export function PlotTableView({ table, title }: { table: PlotTable; title: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="plot-table" aria-label={`${title}, as a table`} tabIndex={0}>
      <table class="tight">
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={column} scope="col" class={index > 0 ? "num" : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={String(row[0])}>
              {row.map((cell, index) => (
                <td key={table.columns[index]} class={index > 0 ? "num" : undefined}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return "n/a";
  if (typeof cell === "string" || Number.isInteger(cell)) return String(cell);
  return Math.abs(cell) < 0.01 ? cell.toPrecision(3) : cell.toFixed(3);
}

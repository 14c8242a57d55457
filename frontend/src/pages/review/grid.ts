// Square cells in rows that fill the width. Pure.

interface Cells {
  readonly columns: number;
  /** Of a cell, in CSS pixels. */
  readonly side: number;
  /** Of all rows. */
  readonly height: number;
}

export const GAP = 4;

export function cellsIn(count: number, width: number, target: number): Cells {
  if (width <= 0) return { columns: 1, side: 0, height: 0 };
  const columns = Math.max(1, Math.round((width + GAP) / (target + GAP)));
  const side = (width + GAP) / columns - GAP;
  const rows = Math.ceil(count / columns);
  return { columns, side, height: Math.max(0, rows * (side + GAP) - GAP) };
}

export function placeOf(index: number, { columns, side }: Cells): { left: number; top: number } {
  const step = side + GAP;
  return { left: (index % columns) * step, top: Math.floor(index / columns) * step };
}

/** The first and the last index (exclusive) of the rows that touch the window. */
export function indexesBetween(
  from: number,
  to: number,
  count: number,
  { columns, side }: Cells,
): [first: number, end: number] {
  const step = side + GAP;
  const first = Math.max(0, Math.floor(from / step)) * columns;
  const end = Math.min(count, (Math.floor(to / step) + 1) * columns);
  return [first, Math.max(first, end)];
}

/** Where an arrow key leads to; null for every other key. */
export function stepFrom(key: string, at: number, count: number, columns: number): number | null {
  const last = count - 1;
  const to = {
    ...{ ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns },
    ...{ Home: 0, End: last },
  }[key];
  if (to === undefined) return null;
  const isUpOrDown = key === "ArrowDown" || key === "ArrowUp";
  if (isUpOrDown && (to < 0 || to > last)) return at;
  return Math.min(last, Math.max(0, to));
}

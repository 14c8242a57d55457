/** A sweep's table in the order that was asked for, and its best row. Pure. */

import type { SweepRow } from "../../../api/types";
import type { Metric } from "../../../app/tasks";

export interface Order {
  /** An axis, or "number", "epoch", "seconds", "cpu_seconds", or a score. */
  readonly key: string;
  readonly isRising: boolean;
}

type Cell = string | number | null;

export function cellOf(row: SweepRow, key: string): Cell {
  if (key in row.setting) return row.setting[key] ?? null;
  if (key in row.metrics) return row.metrics[key as Metric["key"]] ?? null;
  const own = (row as unknown as Record<string, unknown>)[key];
  return typeof own === "number" || typeof own === "string" ? own : null;
}

/** What is not known stands below, in either direction. */
export function sortedRows(rows: readonly SweepRow[], { key, isRising }: Order): SweepRow[] {
  const way = isRising ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [one, other] = [cellOf(a, key), cellOf(b, key)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    if (typeof one === "number" && typeof other === "number") return way * (one - other);
    return way * String(one).localeCompare(String(other));
  });
}

/** The order after a click on a column's head: figures from the highest, names and settings from the first. */
export function nextOrder(order: Order, key: string, isFigure: boolean): Order {
  return key === order.key ? { key, isRising: !order.isRising } : { key, isRising: !isFigure };
}

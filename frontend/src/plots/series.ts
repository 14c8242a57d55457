/** What a line chart draws, and where its lines and names go. Pure. */

import { extent, type Interval, niceDomain, type Scale } from "./scale";

export interface DataPoint {
  readonly x: number;
  readonly y: number | null;
}

/** `main`: this run. `ghost`: another run. `dashed`, `light`: parts beside the main line. */
export type LineLook = "main" | "ghost" | "dashed" | "light";

export interface Series {
  readonly name: string;
  readonly look: LineLook;
  readonly points: readonly DataPoint[];
}

/** SVG path through the points; a null starts a new piece, so a gap stays a gap. */
export function linePath(points: readonly DataPoint[], x: Scale, y: Scale): string {
  let path = "";
  let penDown = false;
  for (const point of points) {
    if (point.y === null) {
      penDown = false;
      continue;
    }
    path += `${penDown ? "L" : "M"}${pixel(x(point.x))} ${pixel(y(point.y))}`;
    penDown = true;
  }
  return path;
}

/** The whole of x that the series cover, at least `least`. */
export function domainOfX(series: readonly Series[], least: Interval): Interval {
  const found = extent(series.flatMap((one) => one.points.map((point) => point.x)));
  return found ? [Math.min(found[0], least[0]), Math.max(found[1], least[1])] : least;
}

/** From zero to a round number above all values. A score (`ceiling` 1) never goes beyond it. */
export function domainOfY(series: readonly Series[], ceiling = Number.POSITIVE_INFINITY): Interval {
  const found = extent(series.flatMap((one) => one.points.map((point) => point.y)));
  if (!found) return [0, Math.min(1, ceiling)];
  const [low, high] = niceDomain([Math.min(0, found[0]), Math.max(found[1], 1e-6)], 4);
  return [low, Math.min(high, ceiling)];
}

/** The last point that has a value. */
export function lastPoint(points: readonly DataPoint[]): DataPoint | null {
  return points.findLast((point) => point.y !== null) ?? null;
}

/** The last value at or before x; null before the first one and where the line has ended. */
export function valueBefore(points: readonly DataPoint[], x: number): number | null {
  const last = lastPoint(points);
  if (!last || x > last.x) return null;
  return points.findLast((point) => point.y !== null && point.x <= x)?.y ?? null;
}

/** Every x that any series has, ascending. */
export function allX(series: readonly Series[]): number[] {
  const found = new Set(series.flatMap((one) => one.points.map((point) => point.x)));
  return [...found].sort((a, b) => a - b);
}

/** The value of `sorted` nearest to `target`; null when it is empty. */
export function nearest(sorted: readonly number[], target: number): number | null {
  let best: number | null = null;
  for (const value of sorted) {
    if (best === null || Math.abs(value - target) < Math.abs(best - target)) best = value;
  }
  return best;
}

/** Moves wanted heights (px) apart until each has `gap`, within `room`, keeping their order. */
export function keptApart(wanted: readonly number[], gap: number, room: Interval): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let floor = room[0];
  for (const index of order) {
    placed[index] = Math.max(wanted[index] ?? 0, floor);
    floor = (placed[index] ?? 0) + gap;
  }
  let ceiling = room[1];
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling);
    ceiling = (placed[index] ?? 0) - gap;
  }
  return placed;
}

function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Where each series stands furthest from the others: the place for its name. Null for a series without values. */
export function clearestPoints(series: readonly Series[]): (DataPoint | null)[] {
  const columns = series.map((one) => new Map(one.points.map((point) => [point.x, point.y])));
  return series.map((one, index) => {
    let best: DataPoint | null = null;
    let most = -1;
    for (const point of one.points) {
      if (point.y === null) continue;
      const { y } = point;
      const others = columns.flatMap((column, other) => {
        const value = other === index ? null : (column.get(point.x) ?? null);
        return value === null ? [] : [Math.abs(value - y)];
      });
      const room = Math.min(...others, Number.MAX_VALUE);
      if (room > most) {
        best = point;
        most = room;
      }
    }
    return best;
  });
}

/** Whether the space above the series at x is at least the space below it: there its name goes. */
export function isClearAbove(series: readonly Series[], index: number, x: number): boolean {
  const at = (one: Series | undefined) => one?.points.find((point) => point.x === x)?.y ?? null;
  const own = at(series[index]);
  if (own === null) return true;
  let above = Number.POSITIVE_INFINITY;
  let below = Number.POSITIVE_INFINITY;
  series.forEach((one, other) => {
    const value = other === index ? null : at(one);
    if (value === null) return;
    if (value >= own) above = Math.min(above, value - own);
    else below = Math.min(below, own - value);
  });
  return above >= below;
}

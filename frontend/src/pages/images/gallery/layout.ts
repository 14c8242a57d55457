// Justified rows: pictures keep their shape, each row fills the width. Pure.

export interface Placed {
  index: number;
  left: number;
  width: number;
}

export interface Row {
  top: number;
  height: number;
  tiles: Placed[];
}

export interface Layout {
  rows: Row[];
  height: number;
}

export interface LayoutOptions {
  width: number;
  /** The height that rows aim at. */
  target: number;
  gap: number;
}

/** Panoramas and slivers are cropped to these, so that one picture never takes a row or vanishes. */
const NARROWEST = 0.45;
const WIDEST = 3.2;

export function aspectOf(image: { width: number; height: number }): number {
  const aspect = image.width > 0 && image.height > 0 ? image.width / image.height : 1;
  return Math.min(WIDEST, Math.max(NARROWEST, aspect));
}

function heightOf(count: number, aspects: number, { width, gap }: LayoutOptions): number {
  return (width - gap * (count - 1)) / aspects;
}

/** Where each row ends (exclusive): it breaks where its height comes closest to the target. */
function breaks(aspects: readonly number[], options: LayoutOptions): number[] {
  const ends: number[] = [];
  let start = 0;
  let sum = 0;
  for (const [index, aspect] of aspects.entries()) {
    const before = index > start ? heightOf(index - start, sum, options) : Number.POSITIVE_INFINITY;
    const after = heightOf(index - start + 1, sum + aspect, options);
    if (after < options.target && before - options.target < options.target - after) {
      ends.push(index);
      start = index;
      sum = 0;
    }
    sum += aspect;
    if (heightOf(index - start + 1, sum, options) <= options.target) {
      ends.push(index + 1);
      start = index + 1;
      sum = 0;
    }
  }
  return ends;
}

function placeRow(aspects: readonly number[], start: number, top: number, height: number, gap: number): Row {
  let left = 0;
  const tiles = aspects.map((aspect, offset) => {
    const placed = { index: start + offset, left, width: aspect * height };
    left += placed.width + gap;
    return placed;
  });
  return { top, height, tiles };
}

/** The last row, when it does not fill the width, keeps the target's height. */
export function justify(aspects: readonly number[], options: LayoutOptions): Layout {
  if (options.width <= 0) return { rows: [], height: 0 };
  const rows: Row[] = [];
  let top = 0;
  let start = 0;
  const ends = breaks(aspects, options);
  if (ends.at(-1) !== aspects.length && aspects.length > 0) ends.push(aspects.length);
  for (const end of ends) {
    const row = aspects.slice(start, end);
    const full = heightOf(
      row.length,
      row.reduce((sum, aspect) => sum + aspect, 0),
      options,
    );
    const isRest = end === aspects.length && full > options.target * 1.25;
    const placed = placeRow(row, start, top, isRest ? options.target : full, options.gap);
    rows.push(placed);
    top += placed.height + options.gap;
    start = end;
  }
  return { rows, height: Math.max(0, top - options.gap) };
}

/** The rows that touch the window from `from` to `to`. */
export function rowsBetween(layout: Layout, from: number, to: number): Row[] {
  return layout.rows.filter((row) => row.top + row.height >= from && row.top <= to);
}

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The tiles that an area touches, by their indexes. */
export function tilesWithin(layout: Layout, area: Area): number[] {
  return rowsBetween(layout, area.top, area.bottom).flatMap((row) =>
    row.tiles
      .filter((tile) => tile.left <= area.right && tile.left + tile.width >= area.left)
      .map((one) => one.index),
  );
}

/** The tile a screenful above or below, at least a row away. */
export function pageAway(layout: Layout, index: number, step: -1 | 1, height: number): number {
  const at = rowOf(layout, index);
  const top = layout.rows[at]?.top;
  if (top === undefined) return index;
  const beyond = layout.rows.map((row, other) => ({ other, far: Math.abs(row.top - top) }));
  const within = beyond.filter(({ other, far }) => (other - at) * step > 0 && far <= height);
  const row = (step > 0 ? within.at(-1) : within[0])?.other ?? at + step;
  return layout.rows[row]?.tiles[0]?.index ?? index;
}

/** The row that holds a tile; -1: none does. */
export function rowOf(layout: Layout, index: number): number {
  return layout.rows.findIndex((row) => row.tiles.some((tile) => tile.index === index));
}

/** The row at a height, or the one below it. */
export function rowAt(layout: Layout, top: number): Row | undefined {
  return layout.rows.find((row) => row.top + row.height > top);
}

/** The tile above or below `index` whose middle is nearest, for the arrow keys. */
export function neighbour(layout: Layout, index: number, step: -1 | 1): number {
  const at = rowOf(layout, index);
  const from = layout.rows[at]?.tiles.find((tile) => tile.index === index);
  const row = layout.rows[at + step];
  if (!from || !row) return index;
  const middle = from.left + from.width / 2;
  const distance = (tile: Placed) => Math.abs(tile.left + tile.width / 2 - middle);
  return row.tiles.reduce((best, tile) => (distance(tile) < distance(best) ? tile : best)).index;
}

/** Scales and ticks: numbers in data units on one side, CSS pixels on the other. Pure. */

export type Interval = readonly [low: number, high: number];

export type Scale = (value: number) => number;

/** Maps `domain` onto `range` in a straight line; an empty domain maps onto the middle. */
export function linear(domain: Interval, range: Interval): Scale {
  const width = domain[1] - domain[0];
  if (width === 0) return () => (range[0] + range[1]) / 2;
  const factor = (range[1] - range[0]) / width;
  return (value) => range[0] + (value - domain[0]) * factor;
}

/** The step of 1, 2 or 5 times a power of ten that gives about `count` steps over `width`. */
export function tickStep(width: number, count: number): number {
  const rough = width / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  if (lead < 1.5) return power;
  if (lead < 3.5) return 2 * power;
  if (lead < 7.5) return 5 * power;
  return 10 * power;
}

/** Round numbers within `domain`, `step` apart. */
export function ticks(domain: Interval, step: number): number[] {
  const first = Math.ceil(domain[0] / step - 1e-9);
  const last = Math.floor(domain[1] / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => round((first + index) * step));
}

/** `domain` widened to the ticks around it, so that no line touches the frame. */
export function niceDomain(domain: Interval, count: number): Interval {
  const width = domain[1] - domain[0] || Math.abs(domain[1]) || 1;
  const step = tickStep(width, count);
  return [round(Math.floor(domain[0] / step) * step), round(Math.ceil(domain[1] / step) * step)];
}

/** Lowest and highest of the finite `values`; null when there is none. */
export function extent(values: Iterable<number | null>): Interval | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

/** A tick's text with as many decimals as its step needs: 0.2 beside 0.4, 10 beside 20. */
export function tickText(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(decimals, 6));
}

function round(value: number): number {
  return Number(value.toPrecision(12)); // 0.30000000000000004 is no tick
}

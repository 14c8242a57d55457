/** The room inside a chart: margins by what stands in them, and the scales over it. Pure. */

import { type Interval, linear, type Scale, tickStep, ticks, tickText } from "./scale";
import { lastPoint, type Series } from "./series";

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface PlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly xDomain: Interval;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

const LETTER = 6.3; // px, an average letter at 11 px
const TICK_ROOM = 72; // px an x tick wants
const TOP = 30; // px for the crosshair's text, and under it a name above the highest line
const BOTTOM = 36; // px for tick texts and the axis name

export function frameOf(
  width: number,
  height: number,
  xDomain: Interval,
  yDomain: Interval,
  names: readonly string[],
): PlotFrame {
  const yTicks = ticksOf(yDomain, 4);
  const left = Math.ceil(longest(yTicks.map((tick) => tick.text)) * LETTER) + 10;
  const right = Math.max(left + 40, width - Math.ceil(longest(names) * LETTER) - 12);
  const bottom = height - BOTTOM;
  const count = Math.max(1, Math.floor((right - left) / TICK_ROOM));
  return {
    left,
    right,
    top: TOP,
    bottom,
    xDomain,
    x: linear(xDomain, [left, right]),
    y: linear(yDomain, [bottom, TOP]),
    xTicks: ticksOf(xDomain, count, xDomain[1] - xDomain[0] >= 2 ? 1 : 0),
    yTicks,
  };
}

/** What stands at the ends of the lines: the name, and the value of the main one. */
export function endTexts(series: readonly Series[], digits: number): string[] {
  return series.flatMap((one) => {
    const last = lastPoint(one.points);
    if (!last) return [];
    return [one.look === "main" ? `${one.name} ${(last.y ?? 0).toFixed(digits)}` : one.name];
  });
}

function ticksOf(domain: Interval, count: number, least = 0): Tick[] {
  const width = domain[1] - domain[0];
  if (width <= 0) return [{ at: domain[0], text: String(domain[0]) }];
  const step = Math.max(least, tickStep(width, count));
  return ticks(domain, step).map((at) => ({ at, text: tickText(at, step) }));
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

/** Where a text about x begins, so that it stays in the drawing: centred on x, moved inwards at the edges. */
export function textStart(frame: PlotFrame, x: number, text: string): number {
  const width = text.length * LETTER;
  return Math.max(0, Math.min(x - width / 2, frame.right - width));
}

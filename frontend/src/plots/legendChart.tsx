import { useMemo, useState } from "preact/hooks";
import { frameOf } from "./frame";
import { Axes, Upright } from "./lineParts";
import { type Interval, linear } from "./scale";
import { allX, domainOfX, domainOfY, linePath, nearest, type Series, valueBefore } from "./series";
import { neighbour } from "./steps";
import { useWidth } from "./useWidth";
import "./plots.css";

const HEIGHT = 320;
const ROW = 16; // px of a name in a saved drawing
const HUES = 6;
const FEW = 16;
const LEAST_HEIGHT = 0.1;
const DASHES = ["", "6 4", "2 3", "9 3 2 3"];

/** A line of many: told from others by colour and dashes, both counted from 0. */
export interface LegendSeries extends Series {
  readonly hue: number;
  readonly dash: number;
}

interface LegendChartProps {
  /** What is drawn, in words. */
  summary: string;
  series: readonly LegendSeries[];
  xName: string;
  ceiling?: number;
  digits?: number;
  testId?: string;
}

/** Many lines over a number. Their names stand in a legend that reads the crosshair out, and brings one line forward. */
export function LegendChart({ summary, series, xName, ceiling, digits = 3, testId }: LegendChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const places = useMemo(() => allX(series), [series]);
  const frame = useMemo(
    () => frameOf(width, HEIGHT, domainOfX(series, [0, 1]), heightsOf(series, ceiling), []),
    [width, series, ceiling],
  );
  const front = pointed ?? chosen;
  const known = at !== null && places.includes(at) ? at : null;
  const follow = (event: PointerEvent) => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    setAt(nearest(places, linear([frame.left, frame.right], frame.xDomain)(event.clientX - left)));
  };
  const step = (event: KeyboardEvent) => {
    const next = neighbour(places, at, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
  };
  const best = bestAt(series, known);
  return (
    <>
      <div
        ref={ref}
        class="plot-room"
        role="slider"
        tabIndex={0}
        aria-label={summary}
        aria-valuemin={places[0] ?? 0}
        aria-valuemax={places.at(-1) ?? 0}
        aria-valuenow={known ?? places.at(-1) ?? 0}
        aria-valuetext={known === null ? summary : `${xName} ${known}: best ${best}`}
        data-testid={testId}
        data-lines={series.length}
        onPointerMove={follow}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={step}
      >
        {width > 0 && (
          <svg
            class="plot"
            width={width}
            height={HEIGHT}
            data-saved-height={HEIGHT + (series.length + 1) * ROW}
            aria-hidden="true"
          >
            <Axes frame={frame} xName={xName} />
            {series.map((one) => (
              <path
                key={one.name}
                class={lineClass(one, front)}
                stroke-dasharray={dashOf(one)}
                d={linePath(one.points, frame.x, frame.y)}
              />
            ))}
            {series
              .filter(hasFew)
              .flatMap((one) =>
                one.points.map(({ x, y }) =>
                  y === null ? null : (
                    <circle
                      key={`${one.name} ${x}`}
                      class={lineClass(one, front)}
                      cx={frame.x(x)}
                      cy={frame.y(y)}
                      r="2"
                    />
                  ),
                ),
              )}
            <SavedLegend series={series} digits={digits} />
            {known !== null && (
              <>
                <Upright frame={frame} x={known} />
                <text class="strong" x={frame.left} y={11}>
                  {xName} {known}
                </text>
              </>
            )}
          </svg>
        )}
      </div>
      <ul class="legend" aria-label="Lines">
        {series.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              aria-pressed={chosen === one.name}
              onClick={() => setChosen(chosen === one.name ? null : one.name)}
              onPointerEnter={() => setPointed(one.name)}
              onPointerLeave={() => setPointed(null)}
            >
              <svg class="plot" width="22" height="8" aria-hidden="true">
                <path class={lineClass(one, null)} stroke-dasharray={dashOf(one)} d="M0 4H22" />
              </svg>
              <span>{one.name}</span>
              <b>{valueText(one, known, digits)}</b>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The names and bests, for a drawing that is taken along. */
function SavedLegend({ series, digits }: { series: readonly LegendSeries[]; digits: number }) {
  return (
    <g display="none" data-saved-only>
      {series.map((one, index) => {
        const y = HEIGHT + (index + 1) * ROW;
        return (
          <g key={one.name}>
            <path class={lineClass(one, null)} stroke-dasharray={dashOf(one)} d={`M10 ${y - 4}H32`} />
            <text x={40} y={y}>
              {one.name}: {valueText(one, null, digits)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function lineClass(one: LegendSeries, front: string | null): string {
  const place = front === one.name ? " front" : " back";
  return `ln hue-${(one.hue % HUES) + 1}${front === null ? "" : place}`;
}

/** Lines that have not risen yet lie on the ground. */
function heightsOf(series: readonly Series[], ceiling: number | undefined): Interval {
  const [low, high] = domainOfY(series, ceiling);
  return [low, Math.max(high, LEAST_HEIGHT)];
}

/** Each point is a measurement and gets a dot. */
const hasFew = (one: Series): boolean => one.points.length <= FEW;

const dashOf = (one: LegendSeries): string | undefined => DASHES[one.dash % DASHES.length] || undefined;

/** At the crosshair what the line last said; without one its best. */
function valueText(one: Series, x: number | null, digits: number): string {
  const value = x === null ? highest(one) : valueBefore(one.points, x);
  return value === null ? "–" : value.toFixed(digits);
}

function highest(one: Series): number | null {
  const values = one.points.flatMap((point) => (point.y === null ? [] : [point.y]));
  return values.length > 0 ? Math.max(...values) : null;
}

/** "0.512, Freeze none": the best line at x. */
function bestAt(series: readonly Series[], x: number | null): string {
  if (x === null) return "";
  const values = series.map((one) => ({ name: one.name, value: valueBefore(one.points, x) ?? -1 }));
  values.sort((a, b) => b.value - a.value);
  return values[0] ? `${values[0].value.toFixed(3)}, ${values[0].name}` : "none";
}

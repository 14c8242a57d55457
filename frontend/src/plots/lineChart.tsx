import { useMemo, useState } from "preact/hooks";
import { endTexts, frameOf, type PlotFrame } from "./frame";
import { Axes, Crosshair, EndNames, InsideNames, Lines } from "./lineParts";
import { type Interval, linear } from "./scale";
import { allX, domainOfX, domainOfY, nearest, type Series } from "./series";
import { neighbour } from "./steps";
import { readout } from "./table";
import { useWidth } from "./useWidth";
import "./plots.css";

interface LineChartProps {
  /** What is drawn, in words: "AP on val by epoch, run 8 over run 7". */
  summary: string;
  series: readonly Series[];
  xName: string;
  /** The least of x to show, such as all epochs to come. */
  xLeast: Interval;
  /** Highest possible value, 1 for scores. */
  ceiling?: number;
  digits?: number;
  height?: number;
  testId?: string;
  /** A chosen x: read out while the pointer is elsewhere. */
  mark?: number;
  /** Where the lines' names stand; inside for lines that meet at their ends. */
  names?: "end" | "inside";
}

/** Lines over a number. The crosshair follows the pointer and the arrow keys and is read out. */
export function LineChart(props: LineChartProps) {
  const { series, xName, xLeast, ceiling, digits = 3, height = 260, names = "end" } = props;
  const [ref, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const places = useMemo(() => allX(series), [series]);
  const frame = useMemo<PlotFrame>(
    () =>
      frameOf(
        width,
        height,
        domainOfX(series, xLeast),
        domainOfY(series, ceiling),
        names === "end" ? endTexts(series, digits) : [],
      ),
    [width, height, series, xLeast[0], xLeast[1], ceiling, names, digits],
  );

  const follow = (event: PointerEvent) => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    const toX = linear([frame.left, frame.right], frame.xDomain);
    setAt(nearest(places, toX(event.clientX - left)));
  };
  const step = (event: KeyboardEvent) => {
    const next = neighbour(places, at, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
  };

  const wanted = at ?? (props.mark === undefined ? null : nearest(places, props.mark));
  const known = wanted !== null && places.includes(wanted) ? wanted : null;
  const text = known === null ? props.summary : readout(xName, known, series, digits);
  return (
    <div
      ref={ref}
      class="plot-room"
      role="slider"
      tabIndex={0}
      aria-label={props.summary}
      aria-valuemin={places[0] ?? 0}
      aria-valuemax={places.at(-1) ?? 0}
      aria-valuenow={known ?? places.at(-1) ?? 0}
      aria-valuetext={text}
      data-testid={props.testId}
      data-points={mainPoints(series)}
      onPointerMove={follow}
      onPointerLeave={() => setAt(null)}
      onBlur={() => setAt(null)}
      onKeyDown={step}
    >
      {width > 0 && (
        <svg class="plot" width={width} height={height} aria-hidden="true">
          <Axes frame={frame} xName={xName} />
          <Lines frame={frame} series={series} />
          {names === "end" ? (
            <EndNames frame={frame} series={series} digits={digits} />
          ) : (
            <InsideNames frame={frame} series={series} />
          )}
          {known !== null && <Crosshair frame={frame} series={series} x={known} text={text} />}
        </svg>
      )}
    </div>
  );
}

function mainPoints(series: readonly Series[]): number {
  return series.find((one) => one.look === "main")?.points.filter((point) => point.y !== null).length ?? 0;
}

import { type PlotFrame, textStart } from "./frame";
import { clearestPoints, isClearAbove, keptApart, lastPoint, linePath, type Series } from "./series";

const FEW = 16; // points up to which each gets a dot
const LINE = 13; // px between two names at the end of lines

export function Axes({ frame, xName }: { frame: PlotFrame; xName: string }) {
  const { left, right, bottom, x, y } = frame;
  return (
    <g>
      {frame.yTicks.map((tick) => (
        <g key={tick.at}>
          <path class="gr" d={`M${left} ${Math.round(y(tick.at))}H${right}`} />
          <text x={left - 6} y={y(tick.at) + 4} text-anchor="end">
            {tick.text}
          </text>
        </g>
      ))}
      <path class="ax" d={`M${left} ${bottom}H${right}`} />
      {frame.xTicks.map((tick) => (
        <text key={tick.at} x={x(tick.at)} y={bottom + 16} text-anchor="middle">
          {tick.text}
        </text>
      ))}
      <text x={right} y={bottom + 31} text-anchor="end">
        {xName}
      </text>
    </g>
  );
}

interface LinesProps {
  frame: PlotFrame;
  series: readonly Series[];
  digits: number;
}

/** The lines; where there are few points, each is a measurement and gets a dot. */
export function Lines({ frame, series }: Pick<LinesProps, "frame" | "series">) {
  return (
    <g>
      {series.map((one) => (
        <path key={one.name} class={`ln ${one.look}`} d={linePath(one.points, frame.x, frame.y)} />
      ))}
      {series
        .filter((one) => one.look === "main" && one.points.length <= FEW)
        .flatMap((one) => one.points)
        .map((point) =>
          point.y === null ? null : (
            <circle key={point.x} class="end" cx={frame.x(point.x)} cy={frame.y(point.y)} r="2.5" />
          ),
        )}
    </g>
  );
}

/** Each line's name at its end, the main one with its newest value. */
export function EndNames({ frame, series, digits }: LinesProps) {
  const ends = series.flatMap((one) => {
    const point = lastPoint(one.points);
    return point ? [{ one, x: frame.x(point.x), y: frame.y(point.y ?? 0), value: point.y ?? 0 }] : [];
  });
  const heights = keptApart(
    ends.map((end) => end.y + 4),
    LINE,
    [frame.top + 4, frame.bottom],
  );
  const main = ends.find((end) => end.one.look === "main");
  return (
    <g>
      {ends.map((end, index) => (
        <text key={end.one.name} class={end === main ? "strong" : "mid"} x={end.x + 8} y={heights[index]}>
          {end.one.name}
          {end === main ? ` ${end.value.toFixed(digits)}` : ""}
        </text>
      ))}
      {main && <circle class="knob" cx={main.x} cy={main.y} r="4" />}
    </g>
  );
}

/** Each line's name where it stands clear of the others: for lines that meet at their ends. */
export function InsideNames({ frame, series }: Pick<LinesProps, "frame" | "series">) {
  const middle = (frame.left + frame.right) / 2;
  return (
    <g>
      {clearestPoints(series).map((point, index) => {
        const one = series[index];
        if (!point || !one) return null;
        const x = frame.x(point.x);
        const y = frame.y(point.y ?? 0) + (isClearAbove(series, index, point.x) ? -8 : 16);
        return (
          <text
            key={one.name}
            class={one.look === "main" ? "strong" : "mid"}
            x={x}
            y={y}
            text-anchor={x > middle ? "end" : "start"}
          >
            {one.name}
          </text>
        );
      })}
    </g>
  );
}

export function Crosshair(props: { frame: PlotFrame; series: readonly Series[]; x: number; text: string }) {
  const { frame, series } = props;
  const x = frame.x(props.x);
  return (
    <g>
      <Upright frame={frame} x={props.x} />
      {series.map((one) => {
        const y = one.points.find((point) => point.x === props.x)?.y ?? null;
        return y === null ? null : <circle key={one.name} class="knob" cx={x} cy={frame.y(y)} r="3.5" />;
      })}
      <text class="strong" x={textStart(frame, x, props.text)} y={11}>
        {props.text}
      </text>
    </g>
  );
}

export function Upright({ frame, x }: { frame: PlotFrame; x: number }) {
  return <path class="cross" d={`M${Math.round(frame.x(x))} ${frame.top}V${frame.bottom}`} />;
}

import type { Frame } from "./frame";
import { lastPoint, linePath, type Series, spread } from "./series";

const LINE = 13; // px between two names at the end of lines

export function Axes({ frame, xName }: { frame: Frame; xName: string }) {
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
  frame: Frame;
  series: readonly Series[];
  digits: number;
  /** While a crosshair shows values, the last value steps back. */
  quiet: boolean;
}

/** The lines, a dot on the newest value of the main one, and each line's name at its end. */
export function Lines({ frame, series, digits, quiet }: LinesProps) {
  const ends = series.flatMap((one) => {
    const point = lastPoint(one.points);
    return point ? [{ one, x: frame.x(point.x), y: frame.y(point.y ?? 0), value: point.y ?? 0 }] : [];
  });
  const heights = spread(
    ends.map((end) => end.y + 4),
    LINE,
    [frame.top + 4, frame.bottom],
  );
  const main = ends.find((end) => end.one.look === "main");
  return (
    <g>
      {series.map((one) => (
        <path key={one.name} class={`ln ${one.look}`} d={linePath(one.points, frame.x, frame.y)} />
      ))}
      {ends.map((end, index) => (
        <text
          key={end.one.name}
          class={end.one.look === "main" ? "strong" : "mid"}
          x={end.x + 8}
          y={heights[index]}
        >
          {end.one.name}
        </text>
      ))}
      {main && <circle class="knob" cx={main.x} cy={main.y} r="4" />}
      {main && !quiet && (
        <text class="strong" x={main.x} y={main.y - 10} text-anchor="middle">
          {main.value.toFixed(digits)}
        </text>
      )}
    </g>
  );
}

export function Crosshair(props: { frame: Frame; series: readonly Series[]; x: number; text: string }) {
  const { frame, series } = props;
  const x = frame.x(props.x);
  const isRight = x > (frame.left + frame.right) / 2;
  return (
    <g>
      <Upright frame={frame} x={props.x} />
      {series.map((one) => {
        const y = one.points.find((point) => point.x === props.x)?.y ?? null;
        return y === null ? null : <circle key={one.name} class="knob" cx={x} cy={frame.y(y)} r="3.5" />;
      })}
      <text class="strong" x={x} y={12} text-anchor={isRight ? "end" : "start"}>
        {props.text}
      </text>
    </g>
  );
}

export function Upright({ frame, x }: { frame: Frame; x: number }) {
  return <path class="cross" d={`M${Math.round(frame.x(x))} ${frame.top}V${frame.bottom}`} />;
}

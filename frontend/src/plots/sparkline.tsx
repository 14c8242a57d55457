import { linear } from "./scale";
import { type DataPoint, domainOfX, lastPoint, linePath } from "./series";
import "./plots.css";

interface SparklineProps {
  points: readonly DataPoint[];
  /** In words, for who does not see it: "AP rose from 0.30 to 0.61". */
  summary: string;
  /** The highest value over all sparklines side by side, so that their heights compare. */
  ceiling: number;
  width?: number;
  height?: number;
}

/** A curve the size of a word. */
export function Sparkline({ points, summary, ceiling, width = 72, height = 24 }: SparklineProps) {
  const xDomain = domainOfX([{ name: "", look: "main", points }], [1, 1]);
  const x = linear(xDomain, [2, width - 4]);
  const y = linear([0, ceiling || 1], [height - 2, 3]);
  const last = lastPoint(points);
  return (
    <svg class="plot spark" width={width} height={height} role="img" aria-label={summary}>
      <path class="gr" d={`M0 ${height - 1.5}H${width}`} />
      <path class="ln main" d={linePath(points, x, y)} />
      {last && <circle class="end" cx={x(last.x)} cy={y(last.y ?? 0)} r="2.5" />}
    </svg>
  );
}

import { linear } from "./scale";
import { useWidth } from "./useWidth";
import "./plots.css";

export interface LabelBar {
  readonly name: string;
  readonly color: string;
  readonly count: number;
}

const ROW = 28;
const LETTER = 7; // px, an average letter at 12 px

/** One bar a label, in its colour, the longest on top. */
export function LabelBars({
  bars,
  unit,
  testId,
}: {
  bars: readonly LabelBar[];
  unit: string;
  testId?: string;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const sorted = [...bars].sort((a, b) => b.count - a.count);
  const most = Math.max(1, ...sorted.map((bar) => bar.count));
  const longest = Math.max(4, ...sorted.map((bar) => bar.name.length));
  const left = Math.min(Math.ceil(longest * LETTER) + 10, Math.floor(width * 0.35));
  const length = linear([0, most], [0, Math.max(0, width - left - 56)]);
  const size = (count: number) => (count === 0 ? 0 : Math.max(1, length(count)));
  const height = sorted.length * ROW + 4;
  return (
    <div ref={ref} class="plot-room" data-testid={testId}>
      {width > 0 && (
        <svg class="plot" width={width} height={height} role="img" aria-label={balanceText(sorted, unit)}>
          {sorted.map((bar, index) => (
            <g key={bar.name} transform={`translate(0 ${index * ROW})`} style={`--c:${bar.color}`}>
              <text class="mid name" x={left - 8} y={18} text-anchor="end">
                {cut(bar.name, Math.floor((left - 8) / LETTER))}
                <title>{bar.name}</title>
              </text>
              <rect class="bar-l" x={left + 0.5} y={6.5} width={size(bar.count)} height={15} rx="2" />
              <text class="mid" x={left + size(bar.count) + 8} y={18}>
                {bar.count.toLocaleString("en")}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

/** "person 1,102 boxes, cat 38 boxes." */
function balanceText(bars: readonly LabelBar[], unit: string): string {
  return `${bars.map((bar) => `${bar.name} ${bar.count.toLocaleString("en")} ${unit}`).join(", ")}.`;
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
}

import { useWidth } from "./useWidth";
import "./plots.css";

interface MatrixProps {
  names: readonly string[];
  /** Rows are the truth, columns what the model said. */
  counts: readonly (readonly number[])[];
  /** Share of each row's total, 0..1: the colour. */
  shares: readonly (readonly number[])[];
}

const LETTER = 6.3;
const MAX_CELL = 56;
const NAME_LETTERS = 14;

/** A confusion matrix: count in each cell, colour by its share of the row. A table for who reads it. */
export function Matrix({ names, counts, shares }: MatrixProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const short = names.map((name) =>
    name.length > NAME_LETTERS ? `${name.slice(0, NAME_LETTERS - 1)}…` : name,
  );
  const left = Math.ceil(Math.max(3, ...short.map((name) => name.length)) * LETTER) + 10;
  const cell = Math.max(18, Math.min(MAX_CELL, Math.floor((width - left) / Math.max(1, names.length))));
  const rowHeight = Math.min(cell, 32);
  const isTilted = short.some((name) => name.length * LETTER > cell);
  const top = isTilted ? Math.ceil(Math.max(...short.map((name) => name.length)) * LETTER * 0.75) + 12 : 20;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for who has no pointer
    <section ref={ref} class="plot-room scroll-x" tabIndex={0} aria-label="Confusion matrix">
      {width > 0 && (
        <svg
          class="plot matrix"
          width={left + cell * names.length + (isTilted ? 24 : 0)}
          height={top + rowHeight * names.length + 4}
          role="img"
          aria-label="Confusion: rows are the truth, columns the model's answer."
        >
          {short.map((name, index) => (
            <ColumnName
              key={names[index]}
              name={name}
              x={left + cell * (index + 0.5)}
              y={top - 6}
              isTilted={isTilted}
            />
          ))}
          {counts.map((row, y) => (
            <g key={names[y]} transform={`translate(0 ${top + y * rowHeight})`}>
              <text class="mid" x={left - 8} y={rowHeight / 2 + 4} text-anchor="end">
                {short[y]}
              </text>
              {row.map((count, x) => (
                <g key={names[x]}>
                  <title>{`${names[y]} seen as ${names[x]}: ${count}`}</title>
                  <rect class="well" x={left + x * cell} width={cell - 1} height={rowHeight - 1} />
                  <rect
                    class="heat"
                    style={`--share:${shares[y]?.[x] ?? 0}`}
                    x={left + x * cell}
                    width={cell - 1}
                    height={rowHeight - 1}
                  />
                  {count > 0 && (
                    <text
                      class="figure"
                      x={left + (x + 0.5) * cell}
                      y={rowHeight / 2 + 4}
                      text-anchor="middle"
                    >
                      {count}
                    </text>
                  )}
                </g>
              ))}
            </g>
          ))}
        </svg>
      )}
    </section>
  );
}

function ColumnName({ name, x, y, isTilted }: { name: string; x: number; y: number; isTilted: boolean }) {
  return (
    <text
      class="mid"
      x={x}
      y={y}
      text-anchor={isTilted ? "start" : "middle"}
      transform={isTilted ? `rotate(-45 ${x} ${y})` : undefined}
    >
      {name}
    </text>
  );
}

import type { Found } from "./protocol";

interface SeenBoxesProps {
  found: readonly Found[];
  width: number;
  height: number;
  colorOf: (label: string) => string;
}

/** What the model found, over a picture or a film. */
export function SeenBoxes({ found, width, height, colorOf }: SeenBoxesProps) {
  const boxes = found.flatMap(({ label, score, box }) => (box ? { label, score, box } : []));
  return (
    <>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {boxes.map(({ label, box: [left, top, right, bottom] }, index) => {
          const at = {
            x: left * width,
            y: top * height,
            width: (right - left) * width,
            height: (bottom - top) * height,
          };
          return (
            <g key={index} class="lines model" style={`--c:${colorOf(label)}`}>
              <rect class="under" {...at} />
              <rect class="over" {...at} />
            </g>
          );
        })}
      </svg>
      {boxes.map(({ label, score, box: [left, top] }, index) => (
        <span
          key={index}
          class={`box-tag ${top < 0.12 ? "below" : ""}`}
          style={`--c:${colorOf(label)};left:${Math.min(left, 0.85) * 100}%;top:${top * 100}%`}
        >
          <i />
          {label} {score.toFixed(2)}
        </span>
      ))}
    </>
  );
}

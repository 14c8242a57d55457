import type { Annotation, Label } from "../api/types";

/** A box to draw over a picture, in the picture's own pixels. */
export interface DrawnBox {
  id: string;
  color: string;
  x_min: number;
  y_min: number;
  x_max: number;
  y_max: number;
}

const UNKNOWN = "#fff";

/** The boxes of an image in the colours that their labels have now. Whole-image labels have no box. */
export function drawnBoxes(annotations: readonly Annotation[], labels: readonly Label[]): DrawnBox[] {
  const colors = new Map(labels.map((label) => [label.id, label.color]));
  return annotations.flatMap(({ id, label, x_min, y_min, x_max, y_max }) =>
    x_min === undefined || y_min === undefined || x_max === undefined || y_max === undefined
      ? []
      : [{ id, color: colors.get(label) ?? UNKNOWN, x_min, y_min, x_max, y_max }],
  );
}

/** The same of rows of numbers: a label's id and the sides. */
export function colouredBoxes(
  boxes: readonly (readonly [number, number, number, number, number])[],
  labels: readonly Label[],
): DrawnBox[] {
  const colors = new Map(labels.map((label) => [label.id, label.color]));
  return boxes.map(([label, x_min, y_min, x_max, y_max], index) => ({
    ...{ id: String(index), color: colors.get(label) ?? UNKNOWN },
    ...{ x_min, y_min, x_max, y_max },
  }));
}

interface BoxesProps {
  width: number;
  height: number;
  boxes: DrawnBox[];
  /** "slice" where the picture is cropped to its frame (object-fit: cover). */
  fit?: "meet" | "slice";
}

/** Thin boxes over a thumbnail or cover: colour over a dark halo, readable on any picture. */
export function Boxes({ width, height, boxes, fit = "slice" }: BoxesProps) {
  return (
    <svg
      class="boxes"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio={`xMidYMid ${fit}`}
      aria-hidden="true"
    >
      {boxes.map((box) => {
        const shape = {
          x: box.x_min,
          y: box.y_min,
          width: box.x_max - box.x_min,
          height: box.y_max - box.y_min,
        };
        return (
          <g key={box.id}>
            <rect class="bx-halo" {...shape} />
            <rect class="bx" {...shape} style={{ "--c": box.color }} />
          </g>
        );
      })}
    </svg>
  );
}

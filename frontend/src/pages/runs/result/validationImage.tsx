import { apiUrl } from "../../../api/client";
import type { LabelledBox } from "./boxMatch";
import type { Prediction } from "./judgedImages";
import { useLabelColors } from "./useLabelColors";

export interface ImageFacts {
  readonly id: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

interface ValidationImageProps {
  prediction: Prediction;
  image: ImageFacts;
  /** Boxes of the model from this score on. */
  score: number;
  /** The preview with names on the boxes, instead of the thumbnail. */
  isLarge?: boolean;
}

/** A validation picture: truth solid, model dashed, both over a dark halo so that they read on any picture. */
export function ValidationImage({ prediction, image, score, isLarge = false }: ValidationImageProps) {
  const found = prediction.detections.filter((box) => box.score >= score);
  const colorOf = useLabelColors();
  const { width, height } = image;
  const part = (value: number, whole: number) => `${(value / whole) * 100}%`;
  return (
    <span class={`picture ${isLarge ? "large" : ""}`} style={`--w:${width};--h:${height}`}>
      <img
        src={apiUrl(`images/${image.id}/${isLarge ? "preview" : "thumbnail"}/`)}
        alt={`${image.name}: ${prediction.truth.length} true boxes, ${found.length} of the model`}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
      />
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {prediction.truth.map((box) => (
          <BoxLines key={boxKey(box)} box={box} color={colorOf(box.label)} look="truth" />
        ))}
        {found.map((box) => (
          <BoxLines key={boxKey(box)} box={box} color={colorOf(box.label)} look="model" />
        ))}
      </svg>
      {found.map((box) => (
        <span
          key={boxKey(box)}
          class={`box-tag ${box.y_min / height < 0.12 ? "below" : ""}`}
          style={`--c:${colorOf(box.label)};left:${part(Math.min(box.x_min, width * 0.85), width)};top:${part(box.y_min, height)}`}
        >
          <i />
          {isLarge ? `${box.label} ` : ""}
          {box.score.toFixed(2)}
        </span>
      ))}
    </span>
  );
}

function BoxLines({ box, color, look }: { box: LabelledBox; color: string; look: "truth" | "model" }) {
  const at = { x: box.x_min, y: box.y_min, width: box.x_max - box.x_min, height: box.y_max - box.y_min };
  return (
    <g class={`lines ${look}`} style={`--c:${color}`}>
      <rect class="under" {...at} />
      <rect class="over" {...at} />
    </g>
  );
}

export function BoxLegend() {
  return (
    <span class="row small dim box-legend">
      <svg width="18" height="12" aria-hidden="true">
        <rect x="1" y="1" width="16" height="10" />
      </svg>
      truth
      <svg width="18" height="12" aria-hidden="true">
        <rect x="1" y="1" width="16" height="10" stroke-dasharray="4 3" />
      </svg>
      model
    </span>
  );
}

function boxKey(box: LabelledBox & { score?: number }): string {
  return `${box.label} ${box.x_min} ${box.y_min} ${box.x_max} ${box.y_max} ${box.score ?? ""}`;
}

/** The share of a row that a picture takes: its aspect, within what a row can hold. */
export function tileShape(image: ImageFacts): string {
  return `--a:${Math.min(2.4, Math.max(0.6, image.width / image.height)).toFixed(3)}`;
}

/** One row for each thing a run can be published as. Pure. */

import type { Artifact, Parity, Target } from "../../../api/types";

export interface ArtifactRow {
  /** "onnx", "tflite-fp16": also the end of test ids. */
  readonly key: string;
  readonly target: Target;
  readonly quantization: string;
  readonly artifact: Artifact | null;
}

export function artifactRows(targets: readonly Target[], artifacts: readonly Artifact[]): ArtifactRow[] {
  return targets.flatMap((target) =>
    target.quantizations.map((quantization) => ({
      key: quantization === "none" ? target.name : `${target.name}-${quantization}`,
      target,
      quantization,
      artifact: newest(artifacts, target.name, quantization),
    })),
  );
}

export function rowTitle(row: ArtifactRow): string {
  return row.target.quantizations.length > 1
    ? `${row.target.title} ${precision(row.quantization)}`
    : row.target.title;
}

const precision = (quantization: string): string => (quantization === "none" ? "fp32" : quantization);

/** "0.0003 px, 0.000001 score": the largest differences, to two significant digits. */
export function parityText(parity: Parity): string {
  const score = `${small(parity.max_score)} score`;
  return parity.max_box_px === null ? score : `${small(parity.max_box_px)} px, ${score}`;
}

/** By how much a failed artifact is off, against its limits. */
export function parityFault(parity: Parity): string {
  const faults: string[] = [];
  if (parity.max_box_px !== null && parity.limit_box_px !== null && parity.max_box_px > parity.limit_box_px) {
    faults.push(`boxes by up to ${small(parity.max_box_px)} px (limit ${parity.limit_box_px} px)`);
  }
  if (parity.max_score > parity.limit_score) {
    faults.push(`scores by up to ${small(parity.max_score)} (limit ${parity.limit_score})`);
  }
  return faults.length > 0 ? `It differs from the checkpoint: ${faults.join(", ")}.` : "";
}

/** Two significant digits without an exponent: 0.0003, 6.8, 0.0000011. */
export function small(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value))));
  return value
    .toFixed(Math.min(digits, 9))
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

function newest(artifacts: readonly Artifact[], target: string, quantization: string): Artifact | null {
  const own = artifacts.filter(
    (one) => one.target === target && (one.quantization || "none") === quantization,
  );
  return own.reduce<Artifact | null>((best, one) => (best && best.id > one.id ? best : one), null);
}

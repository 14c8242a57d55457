/** What a run can be published as: a row for each target, of which one quantization is shown. Pure. */

import type { Artifact, Parity, Split, Target } from "../../../api/types";
import { metricTitle } from "../../../app/tasks";
import { count, counted, fraction } from "../../../ui/figures";
import { isLive } from "../runProgress";

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

/** The rows of each target, one a quantization, in the order in which the server lists them. */
export function byTarget(rows: readonly ArtifactRow[]): ArtifactRow[][] {
  const names = [...new Set(rows.map((row) => row.target.name))];
  return names.map((name) => rows.filter((row) => row.target.name === name));
}

/** Of the fp32 files: how many nobody has asked for or that failed, how many are on their way, and all. */
export function wholeFiles(rows: readonly ArtifactRow[]): { left: number; live: number; of: number } {
  const whole = rows.filter((row) => row.quantization === "none");
  const live = whole.filter((row) => isLive(row.artifact?.status ?? "")).length;
  const done = whole.filter((row) => row.artifact?.status === "succeeded").length;
  return { left: whole.length - live - done, live, of: whole.length };
}

/** The row to begin with: the first that can be downloaded, else the first. */
export const firstShown = (rows: readonly ArtifactRow[]): ArtifactRow | undefined =>
  rows.find((row) => row.artifact?.status === "succeeded") ?? rows[0];

export function rowTitle(row: ArtifactRow): string {
  return row.target.quantizations.length > 1
    ? `${row.target.title} ${precision(row.quantization)}`
    : row.target.title;
}

export const precision = (quantization: string): string => (quantization === "none" ? "fp32" : quantization);

/** "0.0003 px, 0.000001 score": the largest differences, to two significant digits. */
export function parityText(parity: Parity): string {
  const score = `${size(parity.max_score)} score`;
  return parity.limit_box_px === null ? score : `${size(parity.max_box_px)} px, ${score}`;
}

const SLOWER = 1.1;

/** "12 ms a picture on one thread here", and whether that is more than the whole-precision file of its target takes. */
export function speedOf(
  row: ArtifactRow,
  rows: readonly ArtifactRow[],
): { text: string; isSlower: boolean } | null {
  const own = row.artifact?.latency_ms;
  if (own == null) return null;
  const whole = rows.find((one) => one.quantization === "none")?.artifact?.latency_ms;
  return {
    text: `${small(own)} ms a picture on one thread here`,
    isSlower: row.quantization !== "none" && whole != null && own > SLOWER * whole,
  };
}

/** By how much a failed artifact is off, against its limits. */
export function parityFault(parity: Parity): string {
  const { metric, metric_loss, limit_metric_loss, unmatched_detections } = parity;
  const faults: string[] = [];
  if (parity.limit_box_px !== null && exceeds(parity.max_box_px, parity.limit_box_px)) {
    faults.push(`boxes by up to ${size(parity.max_box_px)} px (limit ${small(parity.limit_box_px)} px)`);
  }
  if (exceeds(parity.max_score, parity.limit_score)) {
    faults.push(`scores by up to ${size(parity.max_score)} (limit ${parity.limit_score})`);
  }
  if (unmatched_detections > 0)
    faults.push(counted(unmatched_detections, "detection without a partner", "detections without a partner"));
  if (metric_loss !== null && limit_metric_loss !== null && metric_loss > limit_metric_loss) {
    faults.push(`${small(metric_loss)} ${metric} lost (limit ${small(limit_metric_loss)})`);
  }
  const { client, client_loss, limit_client_loss } = parity;
  if (client_loss != null && limit_client_loss != null && client_loss > limit_client_loss) {
    faults.push(`${small(client_loss)} ${metric} lost in ${client} (limit ${small(limit_client_loss)})`);
  }
  return faults.length > 0 ? `It differs from the checkpoint: ${faults.join(", ")}.` : "";
}

/** What can't be measured is more than any limit. */
const exceeds = (value: number | null, limit: number): boolean => value === null || value > limit;

const size = (value: number | null): string => (value === null ? "more than can be measured" : small(value));

const WAYS: Readonly<Record<Parity["verification"], string>> = {
  run_here: "run here",
  run_in_client_here: "run in its client here",
  converted_and_compared: "converted and compared, can't be run here",
  reported_from_device: "reported from the device",
};

/** "run here, onnxruntime 1.31.1". */
export function verificationText(parity: Parity): string {
  return `${WAYS[parity.verification]}, ${parity.runtime}`;
}

export interface MetricChange {
  readonly title: string;
  /** Of the artifact against the checkpoint, on the same images. */
  readonly change: number;
  readonly note: string;
  /** The same in the client that the artifact is for, where that was measured. */
  readonly client: { readonly name: string; readonly change: number } | null;
}

/** The change of the headline metric; null if the images have no annotations. The note gives absolute values only
 * if a sample was compared: of the whole split, the page shows the checkpoint's value already. */
export function metricChange({ parity, metrics }: Pick<Artifact, "parity" | "metrics">): MetricChange | null {
  if (!parity || parity.metric_loss === null) return null;
  const { metric } = parity;
  const own = metrics?.[metric];
  const checkpoint = metrics?.[`checkpoint_${metric}`];
  const inClient = metrics?.[`client_${metric}`];
  const isWhole = parity.split === "val" && parity.images === parity.images_available;
  const figures = `${fraction(own)} against the checkpoint's ${fraction(checkpoint)} on the same`;
  return {
    title: `${metricTitle(metric)} to checkpoint`,
    change: -parity.metric_loss,
    note: isWhole ? `on ${imagesText(parity)}` : `${figures} ${imagesText(parity)}`,
    client:
      parity.client && inClient !== undefined && checkpoint !== undefined
        ? { name: parity.client, change: inClient - checkpoint }
        : null,
  };
}

const SPLITS: Readonly<Record<Split, string>> = { train: "training", val: "validation", test: "test" };

/** "all 142 validation images", "500 of 4,210 validation images", "5 training images, as none validate". */
export function imagesText({ images, images_available, split }: Parity): string {
  const named = `${SPLITS[split]} image${images_available === 1 ? "" : "s"}`;
  const shown =
    images === images_available ? count(images) : `${count(images)} of ${count(images_available)}`;
  if (split !== "val") return `${shown} ${named}, as none validate`;
  return images === images_available && images > 1 ? `all ${shown} ${named}` : `${shown} ${named}`;
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

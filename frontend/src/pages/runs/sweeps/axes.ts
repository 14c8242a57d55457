/** What a sweep's runs may differ in, in words. Pure; the order and the names are the server's. */

import type { Base, BaseFile, Model, SweepRow } from "../../../api/types";
import { baseOf, fileText } from "../../../training/bases";

export type Value = string | number;
export type Setting = Readonly<Record<string, Value>>;

export interface Axis {
  readonly name: string;
  /** Of the field for its values; an axis without one is chosen from a list. */
  readonly example?: string;
  readonly isNumber?: boolean;
}

export const AXES: Readonly<Record<string, Axis>> = {
  model: { name: "Model" },
  base: { name: "Start from" },
  freeze: { name: "Freeze", example: "none trunk layers:13" },
  image_size: { name: "Image size", example: "320 416", isNumber: true },
  tiles: { name: "Tiles along a side", example: "1 2 3", isNumber: true },
  train_share: { name: "Share of the images", example: "0.25 0.5 1", isNumber: true },
  epochs: { name: "Epochs", example: "4 8 16", isNumber: true },
  iterations: { name: "Iterations", example: "100 200 400", isNumber: true },
  learning_rate: { name: "Learning rate", example: "0.003 0.01 0.03", isNumber: true },
  batch_size: { name: "Batch size", example: "8 16", isNumber: true },
  optimizer: { name: "Optimizer" },
  seed: { name: "Seed", example: "0 1 2", isNumber: true },
};

export const axisName = (key: string): string => AXES[key]?.name ?? key;

/** What values that are no figures are called. */
export interface Names {
  readonly models: readonly Pick<Model, "name" | "title">[];
  readonly bases: readonly Pick<Base, "id" | "number">[];
  readonly files: readonly Pick<BaseFile, "id" | "name" | "sha256">[];
}

const BASES: Readonly<Record<string, string>> = { catalogue: "Catalogue weights", none: "Random weights" };

export function valueText(key: string, value: Value, names: Names): string {
  if (key === "model") return names.models.find((one) => one.name === value)?.title ?? String(value);
  if (key !== "base") return String(value);
  const run = names.bases.find((one) => `run:${one.id}` === value);
  if (run) return `Run ${run.number}`;
  const file = names.files.find((one) => baseOf(one) === value);
  if (file) return fileText(file);
  return BASES[value] ?? (String(value).startsWith("file:") ? "A deleted file" : "An earlier run");
}

/** "Freeze trunk, Epochs 8"; values that are words of their own stand alone. */
export function settingText(setting: Setting, axes: readonly string[], names: Names): string {
  const parts = axes.map((key) => {
    const text = valueText(key, setting[key] ?? "", names);
    return key === "model" || key === "base" ? text : `${axisName(key)} ${text}`;
  });
  return parts.join(", ");
}

/** What a run's end says, where that is not simply its status. */
export function rowNote(row: Pick<SweepRow, "error" | "hopeless_at" | "status">): string {
  if (row.hopeless_at !== null && row.status === "canceled")
    return `Stopped after epoch ${row.hopeless_at}: below the median`;
  return row.status === "failed" ? (row.error?.detail.split("\n", 1)[0] ?? "") : "";
}

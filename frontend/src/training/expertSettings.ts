/** The settings that few people change: an empty text leaves the model's default. Pure; the engine checks them. */

import type { Task } from "../api/types";

export interface ExpertSetting {
  /** As the engine has it. */
  readonly key: string;
  readonly name: string;
  readonly choices?: readonly string[];
  /** The only task that has it. */
  readonly task?: Task;
  /** What no value means, where the default is none, or 0 for none. */
  readonly otherwise?: string;
}

const EXPERT_SETTINGS: readonly ExpertSetting[] = [
  { key: "iterations", name: "Iterations", otherwise: "by epochs" },
  { key: "optimizer", name: "Optimizer", choices: ["sgd", "adamw"] },
  { key: "schedule", name: "Schedule", choices: ["cosine", "step"] },
  { key: "warmup_steps", name: "Warm-up, steps", otherwise: "a tenth of the run" },
  { key: "warmup_epochs", name: "Warm-up, epochs", otherwise: "a tenth of the run" },
  { key: "reference_batch", name: "Batch the rate is for", otherwise: "any" },
  { key: "momentum", name: "Momentum" },
  { key: "weight_decay", name: "Weight decay", otherwise: "the optimizer's" },
  { key: "average_decay", name: "Averaging of weights" },
  { key: "zoom_min", name: "Smallest zoom" },
  { key: "zoom_max", name: "Largest zoom" },
  { key: "flip_chance", name: "Flip, chance" },
  { key: "colour_chance", name: "New colours, chance" },
  { key: "mosaic_chance", name: "Four images in one, chance", task: "detection" },
  { key: "rare_share", name: "Rare labels, share" },
  { key: "train_share", name: "Share of the images" },
  { key: "replay", name: "Of an epoch, what the base knows", otherwise: "all images" },
  { key: "precision", name: "Precision", choices: ["auto", "fp32", "bf16", "fp16"] },
  { key: "patience", name: "Patience, epochs", otherwise: "no end" },
  { key: "seed", name: "Seed" },
  { key: "tiles", name: "Tiles along a side", task: "detection" },
  { key: "score_threshold", name: "Least score", task: "detection" },
  { key: "nms_threshold", name: "Most overlap, IoU", task: "detection" },
];

/** Those that a model of the task has. */
export const settingsOf = (task: Task | undefined): ExpertSetting[] =>
  EXPERT_SETTINGS.filter((setting) => !setting.task || setting.task === task);

/** What an empty field stands for: the model's default, in words where it is none. */
export function usualText(setting: ExpertSetting, defaults: Readonly<Record<string, unknown>>): string {
  const value = defaults[setting.key];
  return String((value || setting.otherwise) ?? value ?? "");
}

export type ExpertTexts = Readonly<Record<string, string>>;

/** What was filled in, numbers as numbers. What is none is sent as it is: the server says so. */
export function expertConfig(texts: ExpertTexts): Record<string, number | string> {
  const filled = Object.entries(texts).filter(([, text]) => text.trim() !== "");
  return Object.fromEntries(
    filled.map(([key, text]) => [key, Number.isNaN(Number(text)) ? text : Number(text)]),
  );
}

const UNTOLD = ["model", "base", "threads"];

/** "epochs 12 (8), freeze layers:13 (none)": what a config has otherwise than the model's default. */
export function differences(
  config: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): string[] {
  const isSame = (key: string) => JSON.stringify(config[key]) === JSON.stringify(defaults[key]);
  const others = Object.keys(config).filter((key) => !UNTOLD.includes(key) && !isSame(key));
  return others.map((key) => `${key} ${config[key] ?? "none"} (${defaults[key] ?? "none"})`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What does the same on a run's folder. `file`: the name of the weights that it begins with, where somebody brought them. */
export function trainCommand(config: Readonly<Record<string, unknown>>, file?: string): string {
  const base = file ? ` --base ${quoted(file)}` : "";
  return `python -m training.engine train FOLDER${base} --config ${quoted(JSON.stringify(config))}`;
}

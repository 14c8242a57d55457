/** The train dialog's fields: from the catalogue's defaults to the request. Pure. */

import type { Task } from "../api/types";
import { UPLOAD } from "./bases";
import { type ExpertTexts, expertConfig } from "./expertSettings";
import { freezeFault } from "./freeze";

export interface TrainableModel {
  readonly name: string;
  readonly task: Task;
  readonly default_config: Readonly<Record<string, unknown>>;
}

export interface TrainForm {
  readonly model: string;
  /** "catalogue", "none", "run:<id>", "file:<id>", or UPLOAD while a file is still to be chosen. */
  readonly base: string;
  readonly epochs: string;
  readonly batchSize: string;
  readonly learningRate: string;
  readonly freeze: string;
  readonly expert: ExpertTexts;
  readonly acceptLicence: boolean;
}

export type FieldName = "base" | "epochs" | "batchSize" | "learningRate" | "freeze";

export interface TrainRequest {
  readonly model: string;
  readonly base: string;
  readonly accept_licence?: true;
  readonly config: {
    readonly epochs: number;
    readonly batch_size: number;
    readonly learning_rate: number;
    readonly freeze: string;
    readonly [expert: string]: number | string;
  };
}

export function modelsFor<Model extends TrainableModel>(models: readonly Model[], task: Task): Model[] {
  return models.filter((model) => model.task === task);
}

/** The form a model opens with. */
export function formFor(model: TrainableModel, base = "catalogue"): TrainForm {
  const text = (key: string, otherwise: string) => String(model.default_config[key] ?? otherwise);
  return {
    model: model.name,
    base,
    epochs: text("epochs", "8"),
    batchSize: text("batch_size", "16"),
    learningRate: text("learning_rate", "0.01"),
    freeze: text("freeze", "auto"),
    expert: {},
    acceptLicence: false,
  };
}

/** Whether somebody has to say that they know the licence: that of weights which may not serve commerce. */
export function needsWord(form: TrainForm, model: { readonly forbids_commerce: boolean }): boolean {
  return form.base === "catalogue" && model.forbids_commerce;
}

/** One sentence for each field that can't be sent; the bounds are the engine's. */
export function formErrors(form: TrainForm): Partial<Record<FieldName, string>> {
  const errors: Partial<Record<FieldName, string>> = {};
  if (form.base === UPLOAD) errors.base = "Choose a file.";
  if (!isWhole(form.epochs, 1, 1000)) errors.epochs = "A whole number from 1 to 1000.";
  if (!isWhole(form.batchSize, 1, 512)) errors.batchSize = "A whole number from 1 to 512.";
  const rate = numberOf(form.learningRate);
  if (!(rate > 0 && rate <= 1)) errors.learningRate = "A number over 0, at most 1.";
  const freeze = form.base === "none" ? undefined : freezeFault(form.freeze);
  if (freeze) errors.freeze = freeze;
  return errors;
}

export function requestOf(form: TrainForm): TrainRequest {
  return {
    model: form.model,
    base: form.base,
    ...(form.acceptLicence ? { accept_licence: true } : {}),
    config: {
      epochs: numberOf(form.epochs),
      batch_size: numberOf(form.batchSize),
      learning_rate: numberOf(form.learningRate),
      freeze: form.base === "none" ? "auto" : form.freeze, // random weights have to learn
      ...expertConfig(form.expert),
    },
  };
}

function isWhole(text: string, least: number, most: number): boolean {
  const value = numberOf(text);
  return Number.isInteger(value) && value >= least && value <= most;
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

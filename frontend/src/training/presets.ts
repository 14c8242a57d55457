/** A team's presets in the train dialog: which there are, and what one makes of the form. Pure. */

import type { Preset } from "../api/types";
import { differences } from "./expertSettings";
import { formFor, type TrainableModel, type TrainForm } from "./trainForm";

interface Choice {
  readonly value: string;
  readonly name: string;
}

const byName = (a: Preset, b: Preset) => a.name.localeCompare(b.name);

/** The presets of the form's model, and behind them those of the models beside it. */
export function presetChoices(
  presets: readonly Preset[],
  models: readonly { readonly name: string; readonly title: string }[],
  model: string,
): { own: Choice[]; others: Choice[] } {
  const choice = (preset: Preset, more = ""): Choice => ({
    value: String(preset.id),
    name: preset.name + more,
  });
  const titles = new Map(models.map((one) => [one.name, one.title]));
  const sorted = [...presets].sort(byName);
  const own = sorted.filter((one) => one.model === model);
  const others = sorted.filter((one) => one.model !== model && titles.has(one.model));
  return {
    own: own.map((one) => choice(one)),
    others: others.map((one) => choice(one, `, ${titles.get(one.model)}`)),
  };
}

/** The form with the preset's settings, and the model's defaults for all others. */
export function formWith(preset: Preset, model: TrainableModel, base: string): TrainForm {
  const { epochs, batch_size, learning_rate, freeze, ...expert } = preset.config;
  const form = formFor(model, base);
  const texts = Object.entries(expert).map(([key, value]) => [key, String(value ?? "")]);
  return {
    ...form,
    epochs: String(epochs ?? form.epochs),
    batchSize: String(batch_size ?? form.batchSize),
    learningRate: String(learning_rate ?? form.learningRate),
    freeze: freeze ?? form.freeze,
    expert: Object.fromEntries(texts),
  };
}

/** Whether both ask for the same, wherever they start from. */
export function isSame(a: TrainForm, b: TrainForm): boolean {
  return settingsOf(a) === settingsOf(b);
}

function settingsOf({ expert, base: _, acceptLicence: __, ...fields }: TrainForm): string {
  const filled = Object.entries(expert).filter(([, text]) => text.trim() !== "");
  return JSON.stringify([Object.entries(fields).sort(), filled.sort()]);
}

/** "epochs 50 (8), momentum 0.95 (0.9)". */
export function presetText(preset: Preset, model: TrainableModel): string {
  return differences(preset.config, model.default_config).join(", ");
}

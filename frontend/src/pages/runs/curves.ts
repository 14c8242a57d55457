/** From a run's epochs to the lines of its charts. Pure. */

import type { DataPoint, Series } from "../../plots/series";

export interface Epoch {
  readonly epoch: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** Epochs in order, each once: what arrived last wins, as after a resume. */
export function mergeEpochs(known: readonly Epoch[], arrived: readonly Epoch[]): Epoch[] {
  const byEpoch = new Map(known.map((one) => [one.epoch, one]));
  for (const one of arrived) byEpoch.set(one.epoch, one);
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

/** Of the epochs that were measured: a run that looks at large images is not evaluated after each. */
export function pointsOf(epochs: readonly Epoch[], key: string): DataPoint[] {
  return epochs
    .filter((one) => key in one.values)
    .map((one) => ({ x: one.epoch, y: one.values[key] ?? null }));
}

export interface NamedEpochs {
  readonly name: string;
  readonly epochs: readonly Epoch[];
}

/** This run's curve over the run it is compared with. */
export function scoreSeries(key: string, run: NamedEpochs, other: NamedEpochs | null): Series[] {
  const main: Series = { name: run.name, look: "main", points: pointsOf(run.epochs, key) };
  if (!other || other.epochs.length === 0) return [main];
  return [{ name: other.name, look: "ghost", points: pointsOf(other.epochs, key) }, main];
}

const LOSS_PARTS: readonly (readonly [key: string, name: string, look: Series["look"]])[] = [
  ["loss", "all", "main"],
  ["loss_class", "label", "dashed"],
  ["loss_box", "box", "light"],
];

/** The loss and its parts, as far as the model reports them. */
export function lossSeries(epochs: readonly Epoch[]): Series[] {
  return LOSS_PARTS.filter(([key]) => epochs.some((one) => one.values[key] != null)).map(
    ([key, name, look]) => ({
      name,
      look,
      points: pointsOf(epochs, key),
    }),
  );
}

/** The epoch with the best score so far. */
export function bestEpoch(epochs: readonly Epoch[], key: string): { epoch: number; score: number } | null {
  let best: { epoch: number; score: number } | null = null;
  for (const one of epochs) {
    const score = one.values[key];
    if (score != null && (best === null || score > best.score)) best = { epoch: one.epoch, score };
  }
  return best;
}

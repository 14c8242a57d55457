/** The numbers of an evaluation, each with its change against another run. Pure. */

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly value: number | null;
  /** Difference to the other run; null where either lacks the number. */
  readonly change: number | null;
}

type Numbers = Readonly<Record<string, number | null | undefined>>;

/** COCO's twelve, in COCO's order, in the words people read. */
export const COCO_FIGURES: readonly (readonly [key: string, title: string])[] = [
  ["AP", "AP"],
  ["AP50", "AP50"],
  ["AP75", "AP75"],
  ["AP_small", "AP small"],
  ["AP_medium", "AP medium"],
  ["AP_large", "AP large"],
  ["AR1", "AR 1"],
  ["AR10", "AR 10"],
  ["AR100", "AR 100"],
  ["AR_small", "AR small"],
  ["AR_medium", "AR medium"],
  ["AR_large", "AR large"],
];

export const CLASSIFICATION_FIGURES: readonly (readonly [key: string, title: string])[] = [
  ["accuracy", "Accuracy"],
  ["macro_f1", "Macro F1"],
];

export function figures(
  names: readonly (readonly [key: string, title: string])[],
  values: Numbers,
  before: Numbers | null,
): Figure[] {
  return names.map(([key, title]) => ({
    key,
    title,
    value: values[key] ?? null,
    change: changeOf(values[key], before?.[key]),
  }));
}

export function changeOf(value: number | null | undefined, before: number | null | undefined): number | null {
  return value == null || before == null ? null : value - before;
}

/** "+0.024", "−0.004", "±0.000": with a real minus, so that columns align. */
export function changeText(change: number, digits = 3): string {
  const rounded = Number(change.toFixed(digits));
  return `${signOf(rounded)}${Math.abs(rounded).toFixed(digits)}`;
}

function signOf(change: number): string {
  if (change === 0) return "±";
  return change > 0 ? "+" : "−";
}

export type ChangeTone = "good" | "bad" | "same";

/** Whether a change reads as better or worse once it is rounded for display. */
export function changeTone(change: number, digits = 3): ChangeTone {
  const rounded = Number(change.toFixed(digits));
  if (rounded === 0) return "same";
  return rounded > 0 ? "good" : "bad";
}

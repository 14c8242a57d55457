/** From a sweep's rows and curves to its lines. Pure. */

import type { SweepCurve, SweepRow } from "../../../api/types";
import type { LegendSeries } from "../../../plots/legendChart";
import { axisName, type Names, settingText, type Value, valueText } from "./axes";

type Values = Readonly<Record<string, readonly Value[]>>;

/** A line a run: its score by iteration. */
export function curveSeries(
  rows: readonly SweepRow[],
  curves: readonly SweepCurve[],
  axes: Values,
  key: string,
  names: Names,
): LegendSeries[] {
  const points = new Map(curves.map((curve) => [curve.run, curve.points]));
  return rows.flatMap((row) => {
    const mine = points.get(row.id) ?? [];
    if (mine.length === 0) return [];
    return {
      name: settingText(row.setting, Object.keys(axes), names),
      look: "light" as const,
      ...looks(row.setting, axes),
      points: mine.map((point) => ({ x: point.iterations ?? point.epoch, y: point.values[key] ?? null })),
    };
  });
}

/** The axis of length, of which the papers have a column a value. */
export const lengthAxis = (axes: Values): string | null =>
  ["iterations", "epochs"].find((key) => (axes[key]?.length ?? 0) > 1) ?? null;

/** A line for each setting of the other axes: the best score of a run by its length. */
export function endSeries(
  rows: readonly SweepRow[],
  length: string,
  axes: Values,
  key: string,
  names: Names,
): LegendSeries[] {
  const { [length]: _, ...others } = axes;
  const lines = new Map<string, LegendSeries>();
  for (const row of rows) {
    const y = (row.metrics as Readonly<Record<string, number | undefined>>)[key];
    if (row.status !== "succeeded" || y === undefined) continue;
    const name = settingText(row.setting, Object.keys(others), names) || "all";
    const known = lines.get(name);
    const points = [...(known?.points ?? []), { x: Number(row.setting[length]), y }];
    points.sort((a, b) => a.x - b.x);
    lines.set(name, { name, look: "light", ...looks(row.setting, others), points });
  }
  return [...lines.values()];
}

/** The first axis that varies gives the colour, the others the dashes. */
function looks(setting: SweepRow["setting"], axes: Values): Pick<LegendSeries, "hue" | "dash"> {
  const varied = Object.entries(axes).filter(([, values]) => values.length > 1);
  const [hue = 0, ...rest] = varied.map(([key, values]) => Math.max(0, values.indexOf(setting[key] ?? "")));
  const sizes = varied.slice(1).map(([, values]) => values.length);
  return { hue, dash: rest.reduce((index, at, axis) => index * (sizes[axis] ?? 1) + at, 0) };
}

/** "Freeze none, trunk; Epochs 4, 8". */
export function axesText(axes: Values, names: Names): string {
  const parts = Object.entries(axes).map(
    ([key, values]) => `${axisName(key)} ${values.map((value) => valueText(key, value, names)).join(", ")}`,
  );
  return parts.join("; ");
}

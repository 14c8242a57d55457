import { LABEL_COLORS } from "../../../ui/label";
import { labelKey } from "../../../ui/labelNames";
import { type Chosen, type ReviewLabel, type Targets, targetOf } from "./mapping";

export type Colors = ReadonlyMap<string, string>;

const UNDECIDED = "#fff";

/** The colour of what each name becomes; none for what is ignored. New labels get theirs in order, as on the server. */
export function labelColors(labels: readonly ReviewLabel[], chosen: Chosen, targets: Targets): Colors {
  const known = new Map(targets.labels.map(({ id, color }) => [id, color]));
  const used = new Set(targets.labels.map(({ color }) => color.toUpperCase()));
  const free = LABEL_COLORS.filter((color) => !used.has(color));
  const made = new Map<string, string>();
  const colorOfNew = (name: string): string => {
    const key = labelKey(name);
    const place = targets.labels.length + made.size;
    const color = made.get(key) ?? free.shift() ?? LABEL_COLORS[place % LABEL_COLORS.length] ?? UNDECIDED;
    made.set(key, color);
    return color;
  };
  const colors = new Map<string, string>();
  for (const label of labels) {
    const target = targetOf(label, chosen, targets);
    if (target?.to === "new") colors.set(label.name, colorOfNew(label.name));
    else if (target?.to === "existing") colors.set(label.name, known.get(target.label) ?? UNDECIDED);
    else if (!target) colors.set(label.name, UNDECIDED);
  }
  return colors;
}

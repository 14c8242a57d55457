/** Which label of the project each name of the archive becomes. */
import type { ImportReview, Label, LabelTarget } from "../../../api/types";
import { count } from "../../../ui/figures";
import { labelKey, MOST_LABELS } from "../../../ui/labelNames";

export type ReviewLabel = ImportReview["labels"][number];

/** What was chosen, by the archive's name. A name that is not in it becomes what is proposed. */
export type Chosen = ReadonlyMap<string, LabelTarget>;

/** What the project has to offer. */
export interface Targets {
  readonly labels: readonly Label[];
  readonly mayMakeNew: boolean;
}

function isOffered(target: LabelTarget, { labels, mayMakeNew }: Targets): boolean {
  if (target.to === "new") return mayMakeNew;
  return target.to === "ignore" || labels.some((label) => label.id === target.label);
}

function proposed({ match }: ReviewLabel, mayMakeNew: boolean): LabelTarget | null {
  if (match) return { to: "existing", label: match.id };
  return mayMakeNew ? { to: "new" } : null;
}

/** null: undecided. A label that was deleted meanwhile is no target. */
export function targetOf(label: ReviewLabel, chosen: Chosen, targets: Targets): LabelTarget | null {
  const target = chosen.get(label.name) ?? proposed(label, targets.mayMakeNew);
  return target && isOffered(target, targets) ? target : null;
}

/** All names that the project does not know become `to`. */
export function withUnknown(labels: readonly ReviewLabel[], chosen: Chosen, to: "new" | "ignore"): Chosen {
  const unknown = labels.filter(({ match }) => !match);
  return new Map([...chosen, ...unknown.map(({ name }) => [name, { to }] as const)]);
}

export function withTarget(chosen: Chosen, name: string, target: LabelTarget): Chosen {
  return new Map([...chosen, [name, target]]);
}

interface Sums {
  undecided: number;
  /** Labels to make: names that differ by case or blanks make one. */
  made: number;
  ignored: number;
  annotations: number;
}

export function sums(labels: readonly ReviewLabel[], chosen: Chosen, targets: Targets): Sums {
  const made = new Set<string>();
  let undecided = 0;
  let ignored = 0;
  let annotations = 0;
  for (const label of labels) {
    const target = targetOf(label, chosen, targets);
    if (!target) undecided += 1;
    else if (target.to === "ignore") ignored += 1;
    else annotations += label.count;
    if (target?.to === "new") made.add(labelKey(label.name));
  }
  return { undecided, made: made.size, ignored, annotations };
}

/** Why the labels can't be imported so; empty where they can. */
export function labelsFault({ undecided, made }: Sums, { labels, mayMakeNew }: Targets): string {
  if (undecided > 0) {
    const names = undecided === 1 ? "One label has" : `${count(undecided)} labels have`;
    const why = mayMakeNew ? "" : " Only managers add labels.";
    return `${names} no target yet.${why}`;
  }
  const all = labels.length + made;
  return all > MOST_LABELS ? `A project may have ${MOST_LABELS} labels; these would be ${count(all)}.` : "";
}

/** As the server takes them: a target for each name. */
export function targetsByName(
  labels: readonly ReviewLabel[],
  chosen: Chosen,
  targets: Targets,
): Record<string, LabelTarget> {
  const pairs = labels.flatMap((label) => {
    const target = targetOf(label, chosen, targets);
    return target ? [[label.name, target] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** A target as the value of a select: "new", "ignore", "7"; empty: undecided. */
export function selectValue(target: LabelTarget | null): string {
  if (!target) return "";
  return target.to === "existing" ? String(target.label) : target.to;
}

export function targetFrom(value: string): LabelTarget {
  if (value === "new" || value === "ignore") return { to: value };
  return { to: "existing", label: Number(value) };
}

/** The rows whose name holds the text, whatever its case. */
export function found(labels: readonly ReviewLabel[], text: string): readonly ReviewLabel[] {
  const key = labelKey(text);
  return key ? labels.filter(({ name }) => labelKey(name).includes(key)) : labels;
}

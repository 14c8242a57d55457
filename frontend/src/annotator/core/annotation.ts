/** An annotation of an image. `box` is null on a whole-image label. */
import type { Box } from "./geometry";

export type LabelId = number;

export interface Annotation {
  readonly id: string;
  readonly label: LabelId;
  readonly box: Box | null;
  readonly source: string;
  readonly score: number | null;
  /** What tools noted beside label and box; a box that is drawn has none. */
  readonly attributes?: Readonly<Record<string, boolean | number | string>>;
  /** Who made it and when it last changed, for the status line; null until the server has it. */
  readonly author: string | null;
  readonly updated: string | null;
}

export interface BoxAnnotation extends Annotation {
  readonly box: Box;
}

export function hasBox(annotation: Annotation): annotation is BoxAnnotation {
  return annotation.box !== null;
}

export function newAnnotation(id: string, label: LabelId, box: Box | null): Annotation {
  return { id, label, box, source: "human", score: null, author: null, updated: null };
}

/** A changed annotation: what a model found is then a person's. */
export function edited<A extends Annotation>(annotation: A, change: Partial<A>): A {
  const owner = annotation.source === "model" ? { source: "human", score: null } : {};
  return { ...annotation, ...owner, ...change };
}

/** What a person may say of a box beside its label; the names are those of Pascal VOC and CVAT. */
export const FLAGS = ["difficult", "truncated", "occluded"] as const;
export type Flag = (typeof FLAGS)[number];

/** A flag is true or absent. */
export function flagsOf({ attributes }: Annotation): Flag[] {
  return FLAGS.filter((flag) => attributes?.[flag] === true);
}

export function flagged(annotation: Annotation, flag: Flag, isOn: boolean): Annotation {
  const { [flag]: _, ...rest } = annotation.attributes ?? {};
  return edited(annotation, { attributes: isOn ? { ...rest, [flag]: true } : rest });
}

function sameAttributes(a: Annotation, b: Annotation): boolean {
  const [mine, theirs] = [Object.entries(a.attributes ?? {}), b.attributes ?? {}];
  return mine.length === Object.keys(theirs).length && mine.every(([name, value]) => theirs[name] === value);
}

/** Whether two states of an annotation say the same about the picture (not: who said it, or when). */
export function sameAnnotation(a: Annotation | null, b: Annotation | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.label !== b.label || !sameAttributes(a, b)) return false;
  if (a.box === null || b.box === null) return a.box === b.box;
  const near = (x: number, y: number): boolean => Math.abs(x - y) < 0.01;
  return (
    near(a.box.x_min, b.box.x_min) &&
    near(a.box.y_min, b.box.y_min) &&
    near(a.box.x_max, b.box.x_max) &&
    near(a.box.y_max, b.box.y_max)
  );
}

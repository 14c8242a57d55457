/** Two people's changes to one annotation, merged by field as the server does: label, box, each attribute. Pure. */
import { type Annotation, sameAnnotation } from "../core/annotation";

type Attributes = NonNullable<Annotation["attributes"]>;

/** `theirs` with what differs between `was` and `mine`; null where both changed one field differently. */
export function mergedFields(was: Annotation, theirs: Annotation, mine: Annotation): Annotation | null {
  const part = (from: Annotation, of: Annotation): Annotation => ({ ...was, label: from.label, box: of.box });
  const label = sideOf(part(was, was), part(theirs, was), part(mine, was));
  const box = sideOf(part(was, was), part(was, theirs), part(was, mine));
  const attributes = mergedAttributes(was.attributes ?? {}, theirs.attributes ?? {}, mine.attributes ?? {});
  if (!label || !box || !attributes) return null;
  const isMine = mine.source !== was.source || mine.score !== was.score;
  const { source, score } = isMine ? mine : theirs;
  const { attributes: _, ...rest } = theirs;
  const said = Object.keys(attributes).length > 0 || mine.attributes ? { attributes } : {};
  return { ...rest, label: label.label, box: box.box, source, score, ...said };
}

/** Whose state holds; null: both changed it. */
function sideOf(was: Annotation, theirs: Annotation, mine: Annotation): Annotation | null {
  if (sameAnnotation(mine, was)) return theirs;
  return sameAnnotation(theirs, was) || sameAnnotation(theirs, mine) ? mine : null;
}

function mergedAttributes(was: Attributes, theirs: Attributes, mine: Attributes): Attributes | null {
  const merged: Record<string, boolean | number | string> = {};
  for (const name of new Set([was, theirs, mine].flatMap(Object.keys))) {
    const value = mine[name] === was[name] ? theirs[name] : mine[name];
    if (value !== theirs[name] && theirs[name] !== was[name]) return null;
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

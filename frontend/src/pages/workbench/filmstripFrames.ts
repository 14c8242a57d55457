/** The images around the one on the screen: where one has been, and what comes next. */
import type { Image, Person, Queue } from "../../api/types";
import { holderOf } from "../../app/holder";
import type { Visits } from "./visits";

export interface Frame {
  readonly id: number;
  readonly name: string;
  /** Width over height, so that nothing jumps when the thumbnail arrives; null while unknown. */
  readonly shape: number | null;
  readonly queue: Queue | null;
  /** It has boxes that nobody has finished. */
  readonly isDraft: boolean;
  /** The colleague who works on it. */
  readonly holder: Person | null;
  readonly isHere: boolean;
}

const BEFORE = 6;
const AHEAD = 14;

/** What lies beside the images that one has been at, nearest first. */
export interface Neighbours {
  readonly before: readonly Image[];
  readonly after: readonly Image[];
}

export const NO_NEIGHBOURS: Neighbours = { before: [], after: [] };

/** `known` holds every image met in this visit, with its newest queue and claim. */
export function framesOf(
  visits: Visits,
  { before, after }: Neighbours,
  known: ReadonlyMap<number, Image>,
  { me, now }: { readonly me: number; readonly now: number },
): Frame[] {
  const here = visits.ids[visits.at];
  const been = visits.ids.slice(Math.max(0, visits.at - BEFORE), visits.at + 1);
  const onward = visits.ids.slice(visits.at + 1);
  const isNew = ({ id }: Image): boolean => !visits.ids.includes(id);
  const earlier = before.filter(isNew).slice(0, Math.max(0, BEFORE - visits.at));
  const coming = after.filter(isNew).map(({ id }) => id);
  return [...earlier.map(({ id }) => id).reverse(), ...been, ...[...onward, ...coming].slice(0, AHEAD)].map(
    (id) => {
      const image = known.get(id);
      const holder = image ? holderOf(image, now) : null;
      return {
        id,
        name: image?.name ?? `Image ${id}`,
        shape: image ? image.width / image.height : null,
        queue: image?.queue ?? null,
        isDraft: image?.queue === "unlabelled" && image.annotation_count > 0,
        holder: holder?.id === me ? null : holder,
        isHere: id === here,
      };
    },
  );
}

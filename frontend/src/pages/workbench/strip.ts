/** The images around the one on the screen: where one has been, and what comes next. */
import type { Image, Queue } from "../../api/types";
import type { Trail } from "./trail";

export interface Frame {
  readonly id: number;
  readonly name: string;
  /** Width over height, so that nothing jumps when the thumbnail arrives; null while unknown. */
  readonly shape: number | null;
  readonly queue: Queue | null;
  readonly isHere: boolean;
}

const BEFORE = 6;
const AHEAD = 14;

/** `known` holds every image met in this visit, with its newest queue. */
export function framesOf(
  trail: Trail,
  upcoming: readonly Image[],
  known: ReadonlyMap<number, Image>,
): Frame[] {
  const here = trail.ids[trail.at];
  const been = trail.ids.slice(Math.max(0, trail.at - BEFORE), trail.at + 1);
  const onward = trail.ids.slice(trail.at + 1);
  const coming = upcoming.map(({ id }) => id).filter((id) => !trail.ids.includes(id));
  return [...been, ...[...onward, ...coming].slice(0, AHEAD)].map((id) => {
    const image = known.get(id);
    return {
      id,
      name: image?.name ?? `Image ${id}`,
      shape: image ? image.width / image.height : null,
      queue: image?.queue ?? null,
      isHere: id === here,
    };
  });
}

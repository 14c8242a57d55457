/** The images one has been at, so that "previous" goes back and "next" forward again. */

export interface Visits {
  readonly ids: readonly number[];
  /** Where one stands; -1 where one has been nowhere. */
  readonly at: number;
}

export const NO_VISITS: Visits = { ids: [], at: -1 };

const LONGEST = 1000;

/** Arrives at an image of a queue: a step back or forward if it is the visit before or after, else a new visit. */
export function arrive(visits: Visits, id: number): Visits {
  if (visits.ids[visits.at] === id) return visits;
  if (visits.ids[visits.at - 1] === id) return { ...visits, at: visits.at - 1 };
  if (visits.ids[visits.at + 1] === id) return { ...visits, at: visits.at + 1 };
  const ids = [...visits.ids.filter((one) => one !== id), id].slice(-LONGEST);
  return { ids, at: ids.length - 1 };
}

/** Arrives at an image that the queue handed out: a new visit, also of the one before, or Next would go to and fro. */
export function arriveAnew(visits: Visits, id: number): Visits {
  return arrive(forget(visits, id), id);
}

/** Arrives at an image of a list. Its visits are consecutive images: one that is not among them starts anew. */
export function arriveInList(visits: Visits, id: number): Visits {
  const at = visits.ids.indexOf(id);
  return at < 0 ? { ids: [id], at: 0 } : { ...visits, at };
}

/** Adds the image that follows the last visit in the list, or the one before the first. */
export function extended({ ids, at }: Visits, id: number, side: "after" | "before"): Visits {
  const others = ids.filter((one) => one !== id);
  const next = side === "after" ? [...others, id].slice(-LONGEST) : [id, ...others].slice(0, LONGEST);
  return { ids: next, at: next.indexOf(ids[at] ?? id) };
}

export function here(visits: Visits): number | null {
  return visits.ids[visits.at] ?? null;
}

export function back(visits: Visits): number | null {
  return visits.ids[visits.at - 1] ?? null;
}

export function forward(visits: Visits): number | null {
  return visits.ids[visits.at + 1] ?? null;
}

/** An image that is gone must not be in the way. */
export function forget(visits: Visits, id: number): Visits {
  const ids = visits.ids.filter((one) => one !== id);
  const at = visits.ids.indexOf(id) <= visits.at ? visits.at - 1 : visits.at;
  return ids.length === visits.ids.length ? visits : { ids, at: Math.max(ids.length > 0 ? 0 : -1, at) };
}

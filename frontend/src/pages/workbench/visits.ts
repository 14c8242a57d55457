/** The images one has been at in this visit, so that "previous" goes back and "next" forward again. */

export interface Visits {
  readonly ids: readonly number[];
  /** Where one stands; -1 on an empty list. */
  readonly at: number;
}

export const NO_VISITS: Visits = { ids: [], at: -1 };

const LONGEST = 1000;

/** Arrives at an image: at a step beside us if it is one, else at the end. */
export function arrive(visits: Visits, id: number): Visits {
  if (visits.ids[visits.at] === id) return visits;
  if (visits.ids[visits.at - 1] === id) return { ...visits, at: visits.at - 1 };
  if (visits.ids[visits.at + 1] === id) return { ...visits, at: visits.at + 1 };
  const ids = [...visits.ids.filter((one) => one !== id), id].slice(-LONGEST);
  return { ids, at: ids.length - 1 };
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

const KEY = "boxwright:visits:";

export function loadVisits(project: number): Visits {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY + project) ?? "null") as Visits | null) ?? NO_VISITS;
  } catch {
    return NO_VISITS; // storage is off: they last until a reload
  }
}

export function storeVisits(project: number, visits: Visits): void {
  try {
    sessionStorage.setItem(KEY + project, JSON.stringify(visits));
  } catch {
    // storage is off: they last until a reload
  }
}

/** The images one has been at in this visit, so that "previous" goes back and "next" forward again. */

export interface Trail {
  readonly ids: readonly number[];
  /** Where one stands; -1 on an empty trail. */
  readonly at: number;
}

export const NO_TRAIL: Trail = { ids: [], at: -1 };

const LONGEST = 1000;

/** Arrives at an image: at a step of the trail if it is one beside us, else at its end. */
export function arrive(trail: Trail, id: number): Trail {
  if (trail.ids[trail.at] === id) return trail;
  if (trail.ids[trail.at - 1] === id) return { ...trail, at: trail.at - 1 };
  if (trail.ids[trail.at + 1] === id) return { ...trail, at: trail.at + 1 };
  const ids = [...trail.ids.filter((one) => one !== id), id].slice(-LONGEST);
  return { ids, at: ids.length - 1 };
}

export function back(trail: Trail): number | null {
  return trail.ids[trail.at - 1] ?? null;
}

export function forward(trail: Trail): number | null {
  return trail.ids[trail.at + 1] ?? null;
}

/** An image that is gone must not be in the way. */
export function forget(trail: Trail, id: number): Trail {
  const ids = trail.ids.filter((one) => one !== id);
  const at = trail.ids.indexOf(id) <= trail.at ? trail.at - 1 : trail.at;
  return ids.length === trail.ids.length ? trail : { ids, at: Math.max(ids.length > 0 ? 0 : -1, at) };
}

const KEY = "boxwright:trail:";

export function loadTrail(project: number): Trail {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY + project) ?? "null") as Trail | null) ?? NO_TRAIL;
  } catch {
    return NO_TRAIL; // storage is off: the trail lasts until a reload
  }
}

export function storeTrail(project: number, trail: Trail): void {
  try {
    sessionStorage.setItem(KEY + project, JSON.stringify(trail));
  } catch {
    // storage is off: the trail lasts until a reload
  }
}

/** The first box, the next image, the end: what who has never labelled here is told, each once. */
import { effect, type Signal } from "@preact/signals";
import { remembered } from "../../app/remembered";
import type { Phase, WorkbenchState } from "./workbenchState";

export const DRAW = 0;
export const NEXT = 1;
export const END = 2;
export const OVER = 3;

const known = new Map<number, Signal<number>>();

/** Which step this person has come to on this device; after the last one no hint is ever shown again. */
export function firstStepOf(user: number): Signal<number> {
  const step = known.get(user) ?? remembered(`boxwright.firstStep.${user}`, DRAW);
  known.set(user, step);
  return step;
}

/** What the page shows, as far as steps go by it. */
export interface Shows {
  readonly phase: Phase;
  readonly image: number | null;
  /** One may draw here, and has a label for it. */
  readonly draws: boolean;
  /** Nobody has finished this image: it is not being reviewed. */
  readonly isFresh: boolean;
  readonly isEmpty: boolean;
  /** There is something that this visit drew, or set. */
  readonly hasDrawn: boolean;
}

/** The step that follows, once what `step` tells has been done. `before`: the image that was shown last. */
export function stepAfter(step: number, before: number | null, shows: Shows): number {
  if (step === DRAW) return shows.hasDrawn ? NEXT : DRAW;
  if (step !== OVER && shows.phase === "empty") return OVER;
  const hasGoneOn = before !== null && shows.image !== null && shows.image !== before;
  return step !== OVER && hasGoneOn ? step + 1 : step;
}

/** The step that is told here and now: as long as the image is open always one, or never, so that the picture under
 * the line stays where it is. */
export function toldOf(step: number, { phase, draws, isFresh, isEmpty }: Shows): number {
  if (phase !== "ready" || !draws || !isFresh) return OVER;
  return step === NEXT && isEmpty ? DRAW : step;
}

export function showsOf(workbench: WorkbenchState): Shows {
  const { phase, image, queue, editable, label, whole } = workbench;
  const { annotations, past } = workbench.document.value;
  const hasDrawn = past.length > 0 && annotations.size > 0;
  return {
    phase: phase.value,
    image: image.value?.id ?? null,
    draws: editable && label.value !== null,
    // An image of a classification project is finished by its label.
    isFresh: queue.value === "unlabelled" || (whole && hasDrawn),
    isEmpty: annotations.size === 0,
    hasDrawn,
  };
}

/** Goes on with what is done, as long as there is a step left. */
export function followSteps(workbench: WorkbenchState, user: number): () => void {
  const step = firstStepOf(user);
  let before: number | null = null;
  return effect(() => {
    if (step.value === OVER) return;
    const shows = showsOf(workbench);
    step.value = stepAfter(step.peek(), before, shows);
    before = shows.image ?? before;
  });
}

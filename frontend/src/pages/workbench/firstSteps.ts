/** The first box, the next image, the end: what who has never labelled here is told, each once. */
import { effect } from "@preact/signals";
import { firstStep } from "./preferences";
import type { Phase, WorkbenchState } from "./workbenchState";

export const DRAW = 0;
export const NEXT = 1;
export const END = 2;
export const OVER = 3;

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
export function followSteps(workbench: WorkbenchState): () => void {
  let before: number | null = null;
  return effect(() => {
    if (firstStep.value === OVER) return;
    const shows = showsOf(workbench);
    firstStep.value = stepAfter(firstStep.peek(), before, shows);
    before = shows.image ?? before;
  });
}

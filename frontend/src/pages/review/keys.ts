/** Keys of the review: one for all that is selected. */
import { useEffect } from "preact/hooks";
import type { ReviewState } from "./reviewState";

export interface ReviewActions {
  /** By its place among the project's labels. */
  relabel(index: number): void;
  accept(): void;
  remove(): void;
  undo(): void;
  find(): void;
  open(): void;
}

const HELD =
  "input:not([type='checkbox']), textarea, select, button, a[href], [role='dialog'], [role='menu']";

/** What a key does; null: it is not for us. */
function deedOf(event: KeyboardEvent, review: ReviewState, act: ReviewActions): (() => void) | null {
  const { key } = event;
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    return { a: () => review.selectAll(), z: act.undo }[key.toLowerCase()] ?? null;
  }
  if (/^[1-9]$/.test(key)) return () => act.relabel(Number(key) - 1);
  const deeds: Record<string, () => void> = {
    ...{ a: act.accept, l: act.find, Delete: act.remove, Backspace: act.remove },
    ...{ Enter: act.open, Escape: () => review.clear() },
  };
  return deeds[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

export function useReviewKeys(review: ReviewState, act: ReviewActions, mayChange: boolean): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isElsewhere = event.target instanceof Element && event.target.closest(HELD) !== null;
      if (event.defaultPrevented || isElsewhere || (!mayChange && event.key !== "Enter")) return;
      const deed = deedOf(event, review, act);
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [review, act, mayChange]);
}

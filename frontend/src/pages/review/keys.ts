/** Keys of the review: one for all that is selected. They are the workbench's where both do the same. */
import { useEffect } from "preact/hooks";
import { commandFor } from "../../annotator/core/keymap";
import { isModifier, pressOf } from "../../annotator/core/keyNames";
import { keymap, letters } from "../../app/keys";
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
  const chord = review.chord.peek();
  const context = { keys: keymap.peek(), letters: letters.peek(), selected: false, whole: false, chord };
  const command = commandFor(pressOf(event), context);
  switch (command?.name) {
    case "number":
      return () => act.relabel(command.index);
    case "chord":
      return () => review.chord.press(command.chord);
    case "accept":
    case "find":
    case "undo":
    case "remove":
      return act[command.name];
    case "all":
      return () => review.selectAll();
    case "cancel":
      return () => review.clear();
    case "keepMine":
    case "takeTheirs":
      return () => review.decide(command.name === "keepMine");
    default:
      return null;
  }
}

export function useReviewKeys(review: ReviewState, act: ReviewActions, mayChange: boolean): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isElsewhere = event.target instanceof Element && event.target.closest(HELD) !== null;
      const opens = event.key === "Enter";
      if (event.defaultPrevented || isElsewhere || isModifier(event.key) || !(mayChange || opens)) return;
      const deed = opens ? act.open : deedOf(event, review, act);
      review.chord.press(null);
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [review, act, mayChange]);
}

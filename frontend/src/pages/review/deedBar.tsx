import type { Label } from "../../api/types";
import { counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import type { ReviewActions } from "./keys";
import type { ReviewState } from "./reviewState";

interface DeedBarProps {
  review: ReviewState;
  act: ReviewActions;
  labels: readonly Label[];
  unit: readonly [one: string, many: string];
}

/** For the hand: what the keys do, while something is selected or can be taken back. */
export function DeedBar({ review, act, labels, unit }: DeedBarProps) {
  const selected = review.selected.value.size;
  if (selected === 0 && !review.canUndo.value) return null;
  return (
    <div class="toast review-deeds" role="toolbar" aria-label="Selection">
      {selected === 0 && <span>{counted(review.changed.value, ...unit)} changed</span>}
      {selected > 0 && (
        <>
          <span>{counted(selected, ...unit)} selected</span>
          {labels.length > 1 && (
            <button type="button" onClick={act.find}>
              Relabel <kbd>L</kbd>
            </button>
          )}
          <button type="button" onClick={act.accept} title="A model's become a person's">
            Accept <kbd>A</kbd>
          </button>
          <button type="button" onClick={act.remove}>
            Delete <kbd>Del</kbd>
          </button>
        </>
      )}
      {review.canUndo.value && (
        <button type="button" class={selected > 0 ? "desk-only" : ""} onClick={act.undo}>
          Undo
        </button>
      )}
      {selected > 0 && (
        <button type="button" class="icon" aria-label="Clear selection" onClick={() => review.clear()}>
          <Icon name="x" />
        </button>
      )}
    </div>
  );
}

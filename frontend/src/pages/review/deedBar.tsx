import { CHORDS } from "../../annotator/core/labelKeys";
import type { Label } from "../../api/types";
import { KeyHint } from "../../app/keyHint";
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
  const chord = review.chord.value;
  if (selected === 0 && !review.canUndo.value) return null;
  return (
    <div class="toast review-deeds" role="toolbar" aria-label="Selection">
      {selected === 0 && <span>{counted(review.changed.value, ...unit)} changed</span>}
      {selected > 0 && (
        <>
          <span>{counted(selected, ...unit)} selected</span>
          {chord !== null && <kbd>{CHORDS[chord]} …</kbd>}
          {labels.length > 1 && (
            <button type="button" onClick={act.find}>
              Relabel <KeyHint of="find" />
            </button>
          )}
          <button type="button" onClick={act.accept} title="A model's become a person's">
            Accept <KeyHint of="accept" />
          </button>
          <button type="button" onClick={act.remove}>
            Delete <KeyHint of="remove" />
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

import { useEffect, useRef } from "preact/hooks";
import { savingStatus } from "../../annotator/saving/savingSession";
import type { Label } from "../../api/types";
import { useView } from "../../ui/useView";
import { CropCell } from "./cropCell";
import { cellsIn, indexesBetween, placeOf, stepFrom } from "./grid";
import type { Crop, ReviewState } from "./reviewState";
import type { LabelledList } from "./useLabelled";

const TARGET = 148;
const TARGET_PHONE = 112;
/** Crops are kept this far beyond what is in view, and more is asked for when the end comes this near. */
const MARGIN = 400;
const EDGE = 16;

interface CropGridProps {
  review: ReviewState;
  list: LabelledList;
  labels: readonly Label[];
  name: string;
  mayChange: boolean;
  open: (crop: Crop) => void;
}

/** Only the crops in view are in the page. */
export function CropGrid({ review, list, labels, name, mayChange, open }: CropGridProps) {
  const { scroller, view } = useView();
  const crops = review.crops.value;
  const selected = review.selected.value;
  savingStatus.value; // a conflict comes with a new status
  const cells = cellsIn(crops.length, view.width, view.width < 560 ? TARGET_PHONE : TARGET);
  const [first, end] = indexesBetween(
    view.top - MARGIN,
    view.top + view.height + MARGIN,
    crops.length,
    cells,
  );
  const active = review.active.value;
  const tabStop = active >= first && active < end ? active : first;
  const wantsFocus = useRef(false);

  useEffect(() => {
    if (list.hasMore && view.height > 0 && view.top + view.height + MARGIN > cells.height) list.more();
  }, [list.hasMore, crops.length, view, cells.height]);
  useEffect(() => {
    const cell =
      wantsFocus.current && scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = stepFrom(event.key, active, crops.length, cells.columns);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    wantsFocus.current = true;
    if (event.shiftKey && mayChange) review.extend(next);
    else review.active.value = next;
    const { top } = placeOf(next, cells);
    const element = scroller.current;
    if (!element) return;
    if (top < element.scrollTop) element.scrollTop = top;
    const under = top + cells.side + EDGE - element.clientHeight;
    if (under > element.scrollTop) element.scrollTop = under;
  };

  return (
    <div class="crops" ref={scroller}>
      <div
        style={{ height: cells.height }}
        role="listbox"
        aria-multiselectable="true"
        aria-label={name}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {crops.slice(first, end).map((crop, offset) => {
          const index = first + offset;
          return (
            <CropCell
              key={crop.key}
              crop={crop}
              index={index}
              frame={{ ...placeOf(index, cells), side: cells.side }}
              labels={labels}
              isTabStop={index === tabStop}
              isSelected={selected.has(crop.key)}
              theirs={review.theirs(crop)}
              rival={review.rival(crop)}
              mayChange={mayChange}
              onPick={(range) => review.pick(index, range)}
              onOpen={() => open(crop)}
              onFocus={() => {
                review.active.value = index;
              }}
              keepMine={() => review.keepMine(crop)}
              takeTheirs={() => review.takeTheirs(crop)}
            />
          );
        })}
      </div>
    </div>
  );
}

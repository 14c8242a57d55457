import { sameAnnotation } from "../../annotator/core/annotation";
import type { Value } from "../../annotator/saving/pendingChanges";
import type { Label } from "../../api/types";
import { Icon } from "../../ui/icons";
import { LabelDot } from "../../ui/label";
import { CropPicture } from "./cropPicture";
import type { Crop } from "./reviewState";

interface CropCellProps {
  crop: Crop;
  index: number;
  frame: { left: number; top: number; side: number };
  labels: readonly Label[];
  isTabStop: boolean;
  isSelected: boolean;
  /** The colleague's side of a conflict; undefined without one. */
  theirs: Value | undefined;
  /** Whose side that is. */
  rival: string;
  mayChange: boolean;
  onPick: (range: boolean) => void;
  onOpen: () => void;
  onFocus: () => void;
  keepMine: () => void;
  takeTheirs: () => void;
}

/** What became of it on this visit, in a word; empty: nothing. */
export function fateOf({ was, now }: Crop, labels: readonly Label[]): string {
  if (now === null) return "deleted";
  if (now.label !== was.label) return labels.find(({ id }) => id === now.label)?.name ?? "relabelled";
  if (sameAnnotation(was, now)) return now.source === was.source ? "" : "accepted";
  return "changed";
}

function describe(crop: Crop, fate: string): string {
  const { was, image } = crop;
  const score = was.score === null ? "" : `, score ${was.score.toFixed(2)}`;
  const author = was.author ? `, by ${was.author}` : "";
  return `${image.name}${score}${author}${fate && `, now ${fate}`}`;
}

export function CropCell(props: CropCellProps) {
  const { crop, index, frame, labels, isSelected, theirs, mayChange } = props;
  const fate = fateOf(crop, labels);
  const label = crop.now && labels.find(({ id }) => id === crop.now?.label);
  const isConflict = theirs !== undefined;
  return (
    <div
      class={["crop", isSelected && "selected", fate && !isConflict && "done", isConflict && "conflict"]
        .filter(Boolean)
        .join(" ")}
      style={{ left: frame.left, top: frame.top, width: frame.side, height: frame.side }}
      role="option"
      aria-selected={isSelected}
      aria-label={describe(crop, fate)}
      data-index={index}
      data-testid="crop"
      tabIndex={props.isTabStop ? 0 : -1}
      title={describe(crop, "")}
      onClick={(event) => (mayChange ? props.onPick(event.shiftKey) : props.onOpen())}
      onDblClick={props.onOpen}
      onFocus={props.onFocus}
      onKeyDown={(event) => {
        if (event.key !== " " || !mayChange) return;
        event.preventDefault();
        props.onPick(event.shiftKey);
      }}
    >
      <CropPicture crop={crop} side={frame.side} />
      {isSelected && (
        <span class="crop-check">
          <Icon name="check" />
        </span>
      )}
      {crop.was.score !== null && !fate && <span class="pill mono">{crop.was.score.toFixed(2)}</span>}
      {fate && !isConflict && (
        <span class="pill">
          {crop.now === null ? <Icon name="trash" /> : label && <LabelDot color={label.color} />}
          <span class="cut">{fate}</span>
        </span>
      )}
      {isConflict && (
        <span class="crop-conflict">
          <b>
            {props.rival} {theirs === null ? "deleted it" : "changed it"}
          </b>
          <span class="row">
            <Side name="Theirs" value={theirs} labels={labels} take={props.takeTheirs} />
            <Side name="Mine" value={crop.now} labels={labels} take={props.keepMine} />
          </span>
        </span>
      )}
    </div>
  );
}

interface SideProps {
  name: string;
  value: Value;
  labels: readonly Label[];
  take: () => void;
}

/** One side of a conflict, by the colour of its label; taking it does not pick the crop. */
function Side({ name, value, labels, take }: SideProps) {
  const label = labels.find(({ id }) => id === value?.label);
  return (
    <button
      type="button"
      class="btn sm"
      title={`${name}: ${value === null ? "deleted" : (label?.name ?? "another label")}`}
      onClick={(event) => {
        event.stopPropagation();
        take();
      }}
    >
      {value === null ? <Icon name="trash" /> : label && <LabelDot color={label.color} />}
      <span>{name}</span>
    </button>
  );
}

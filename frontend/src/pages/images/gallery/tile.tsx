import { apiUrl } from "../../../api/client";
import type { Image, Project } from "../../../api/types";
import { TASKS } from "../../../app/tasks";
import { Avatar } from "../../../ui/avatar";
import { Boxes } from "../../../ui/boxes";
import { counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { holderOf } from "./list";
import { useTileBoxes } from "./tileBoxes";

interface TileProps {
  image: Image;
  project: Project;
  /** Of the address that the tile opens. */
  query: string;
  frame: { left: number; top: number; width: number; height: number };
  index: number;
  isTabStop: boolean;
  selected: boolean;
  /** Null where I may not select. */
  onSelect: ((event: MouseEvent | KeyboardEvent) => void) | null;
  onFocus: () => void;
}

function describe(image: Image, hasBoxes: boolean): string {
  const boxes = hasBoxes ? `, ${counted(image.annotation_count, "box", "boxes")}` : "";
  const holder = holderOf(image, Date.now());
  const claim = holder ? `, open at ${holder.name}` : "";
  const reason = image.skip_reason && `: ${image.skip_reason}`;
  return `${image.name}, ${draftText(image) ?? image.queue}${reason}${boxes}${claim}`;
}

/** Whose boxes on it are not finished; null where it is no draft. */
function draftText({ queue, annotation_count, drafted_by }: Image): string | null {
  if (queue !== "unlabelled" || annotation_count === 0) return null;
  return drafted_by ? `draft by ${drafted_by.name}` : "draft";
}

function Pill({ image, hasBoxes }: { image: Image; hasBoxes: boolean }) {
  if (image.queue === "unlabelled" && image.annotation_count === 0) return null;
  return (
    <span class="pill" title={draftText(image) ?? (image.skip_reason || undefined)}>
      {draftText(image) && "Draft "}
      {image.queue === "skipped" && <Icon name="skip" />}
      {image.queue === "review" && <Icon name="eye" />}
      {image.queue === "done" && <Icon name="check" />}
      {image.skip_reason && <span class="cut">{image.skip_reason}</span>}
      {hasBoxes ? image.annotation_count : image.queue === "labelled" && <Icon name="tag" />}
    </span>
  );
}

export function Tile({
  image,
  project,
  query,
  frame,
  index,
  isTabStop,
  selected,
  onSelect,
  onFocus,
}: TileProps) {
  const { hasBoxes } = TASKS[project.task];
  const boxes = useTileBoxes(image, project);
  const holder = holderOf(image, Date.now());
  return (
    <li class={selected ? "tile selected" : "tile"} style={frame}>
      <a
        href={`/p/${project.slug}/label/${image.id}${query}`}
        data-index={index}
        draggable={false}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={describe(image, hasBoxes)}
        title={image.name}
        onFocus={onFocus}
        onKeyDown={(event) => {
          if (event.key !== " " || !onSelect) return;
          event.preventDefault();
          onSelect(event);
        }}
      >
        <img
          src={apiUrl(`images/${image.id}/thumbnail/`)}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
        />
      </a>
      {boxes.length > 0 && <Boxes width={image.width} height={image.height} boxes={boxes} />}
      {onSelect && (
        <label class="pick">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={selected}
            aria-label={`Select ${image.name}`}
            onClick={(event) => onSelect(event)}
          />
        </label>
      )}
      <span class="corner-bl">
        <Pill image={image} hasBoxes={hasBoxes} />
      </span>
      {holder && (
        <span class="corner-tr">
          <Avatar person={holder} />
        </span>
      )}
    </li>
  );
}

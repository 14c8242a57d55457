import { apiUrl } from "../../../api/client";
import type { Image, Project } from "../../../api/types";
import { holderOf } from "../../../app/holder";
import { TASKS } from "../../../app/tasks";
import { Avatar, initials } from "../../../ui/avatar";
import { Boxes } from "../../../ui/boxes";
import { counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { memo } from "../../../ui/memo";
import type { Placed, Row } from "./layout";
import { useTileBoxes } from "./tileBoxes";

interface TileProps {
  image: Image;
  project: Project;
  /** Of the address that the tile opens. */
  query: string;
  row: Row;
  placed: Placed;
  isTabStop: boolean;
  selected: boolean;
  /** With all from the one selected before, or not. Null where I may not select. */
  onSelect: ((image: Image, range: boolean) => void) | null;
  onFocus: (index: number) => void;
}

function describe(image: Image, hasBoxes: boolean): string {
  const boxes = hasBoxes ? `, ${counted(image.annotation_count, "box", "boxes")}` : "";
  const holder = holderOf(image, Date.now());
  const claim = holder ? `, held by ${holder.name}` : "";
  const reason = image.skip_reason && `: ${image.skip_reason}`;
  const assigned = image.assigned_to ? `, assigned to ${image.assigned_to.name}` : "";
  return `${image.name}, ${draftText(image) ?? image.queue}${reason}${boxes}${assigned}${claim}`;
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

/** Each scroll draws the gallery: the tiles that stay are not drawn with it. */
export const Tile = memo(function Tile({
  image,
  project,
  query,
  row,
  placed,
  isTabStop,
  selected,
  onSelect,
  onFocus,
}: TileProps) {
  const { hasBoxes } = TASKS[project.task];
  const boxes = useTileBoxes(image, project);
  const holder = holderOf(image, Date.now());
  const { index, left, width } = placed;
  return (
    <li class={selected ? "tile selected" : "tile"} style={{ left, top: row.top, width, height: row.height }}>
      <a
        href={`/p/${project.slug}/label/${image.id}${query}`}
        data-index={index}
        draggable={false}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={describe(image, hasBoxes)}
        title={image.name}
        onFocus={() => onFocus(index)}
        onKeyDown={(event) => {
          if (event.key !== " " || !onSelect) return;
          event.preventDefault();
          onSelect(image, event.shiftKey);
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
            onClick={(event) => onSelect(image, event.shiftKey)}
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
      {image.assigned_to && (
        <span class="corner-br pill" title={`Assigned to ${image.assigned_to.name}`}>
          {initials(image.assigned_to.name)}
        </span>
      )}
    </li>
  );
});

/** A list of the gallery in words. */
import type { BoxFilter, ImageFilter, ImageOrder } from "../../api/imageLists";
import type { Label, ListPlace } from "../../api/types";
import { count } from "../../ui/figures";
import { QUEUE_NAMES } from "./queues";

const ORDER_NAMES: Record<ImageOrder, string> = {
  "-created": "newest first",
  created: "oldest first",
  name: "by name",
  uncertain: "most uncertain first",
};

const BOX_NAMES: Record<BoxFilter, string> = {
  none: "no boxes",
  small: "small boxes",
  medium: "medium boxes",
  large: "large boxes",
};

/** "Labelled, label raccoon, name with “ir”, by name". */
export function listName(filter: ImageFilter, labels: readonly Label[]): string {
  const {
    queue,
    label,
    search,
    drafts,
    boxes,
    author,
    min_width,
    max_width,
    suggested,
    split,
    assigned,
    order,
  } = filter;
  const chosen = labels.find(({ id }) => String(id) === label);
  const parts = [
    queue === "all" ? "All images" : QUEUE_NAMES[queue].name,
    drafts && (drafts === "mine" ? "my drafts" : "drafts"),
    chosen ? `label ${chosen.name}` : "",
    boxes && BOX_NAMES[boxes],
    author ? "one person’s" : "",
    min_width ? `${min_width} px wide or more` : "",
    max_width ? `${max_width} px wide or less` : "",
    suggested ? "with suggestions" : "",
    split,
    assigned && (assigned === "nobody" ? "assigned to nobody" : "one person’s to label"),
    search ? `name with “${search}”` : "",
    ORDER_NAMES[order],
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** "12 of 418 in Labelled, newest first"; only the list where the image is not in it. */
export function placeName(place: ListPlace | null, list: string): string {
  if (!place?.place) return list;
  return `${count(place.place)} of ${count(place.total)}${place.has_more ? "+" : ""} in ${list}`;
}

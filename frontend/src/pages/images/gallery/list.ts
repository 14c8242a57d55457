import type { ImageFilter } from "../../../api/imageLists";
import type { EventKinds, Image, Page } from "../../../api/types";

/** The fresh head of a list in front of what was further down. */
export function mergeHead(
  fresh: Page<Image>,
  old: Image[],
  oldNext: string | null,
): { images: Image[]; next: string | null } {
  if (old.length <= fresh.results.length || !fresh.next) return { images: fresh.results, next: fresh.next };
  const known = new Set(fresh.results.map((image) => image.id));
  return {
    images: [...fresh.results, ...old.filter((image) => !known.has(image.id))],
    next: oldNext,
  };
}

export function without(images: Image[], ids: ReadonlySet<number>): Image[] {
  return images.some(({ id }) => ids.has(id)) ? images.filter(({ id }) => !ids.has(id)) : images;
}

/** Who is asked to label them changed: they stay, unless the list asks for somebody else's. */
export function applyAssignment(
  images: Image[],
  { ids, assigned_to }: EventKinds["assigned"],
  { assigned }: Pick<ImageFilter, "assigned">,
): Image[] {
  const changed = new Set(ids);
  if (!images.some(({ id }) => changed.has(id))) return images;
  const isShown = assigned === "" || assigned === (assigned_to ? String(assigned_to.id) : "nobody");
  if (!isShown) return without(images, changed);
  return images.map((image) => (changed.has(image.id) ? { ...image, assigned_to } : image));
}

/** One image changed: update it in place, or let it go when it left the queue that is shown. */
export function applyEvent(
  images: Image[],
  event: EventKinds["image"],
  { queue, drafts, boxes }: Pick<ImageFilter, "queue" | "drafts" | "boxes">,
): Image[] {
  const at = images.findIndex((image) => image.id === event.id);
  if (at < 0) return images;
  const isLeft =
    (queue !== "all" && event.queue !== queue) ||
    (drafts !== "" && !event.drafted_by) ||
    (boxes === "none" && event.annotation_count > 0);
  if (isLeft) return images.filter((image) => image.id !== event.id);
  const changed = {
    ...images[at]!,
    queue: event.queue,
    revision: event.revision,
    annotation_count: event.annotation_count,
    skip_reason: event.skip_reason,
    drafted_by: event.drafted_by,
  };
  return images.with(at, changed);
}

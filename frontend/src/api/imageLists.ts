/** The filter and order of a project's image list, in the address of a page and in requests. */
import { api } from "./client";
import type { Image, ListPlace, Page, Queue } from "./types";

export type ImageOrder = "-created" | "created" | "name" | "uncertain";

export interface ImageFilter {
  readonly queue: Queue | "all";
  /** A label's id, or empty. */
  readonly label: string;
  /** Part of the name, or empty. */
  readonly search: string;
  /** Only images whose boxes nobody finished: one's own, or those of all. */
  readonly drafts: "" | "mine" | "all";
  readonly order: ImageOrder;
}

const QUEUES = new Set<string>(["unlabelled", "labelled", "review", "done", "skipped"]);
const DRAFTS = new Set<string>(["mine", "all"]);
const ORDERS = new Set<string>(["-created", "created", "name", "uncertain"]);

export function filterFrom(query: URLSearchParams): ImageFilter {
  const queue = query.get("queue") ?? "";
  const order = query.get("order") ?? "";
  const drafts = query.get("drafts") ?? "";
  return {
    queue: QUEUES.has(queue) ? (queue as Queue) : "all",
    label: query.get("label") ?? "",
    search: query.get("search") ?? "",
    drafts: DRAFTS.has(drafts) ? (drafts as ImageFilter["drafts"]) : "",
    order: ORDERS.has(order) ? (order as ImageOrder) : "-created",
  };
}

/** The filter as the query of an address. Default values are left out. */
export function filterQuery({ queue, label, search, drafts, order }: ImageFilter): URLSearchParams {
  const given = Object.entries({
    queue: queue === "all" ? "" : queue,
    label,
    search,
    drafts,
    order: order === "-created" ? "" : order,
  });
  return new URLSearchParams(given.filter(([, value]) => value !== ""));
}

/** The filter as the body of a bulk change has it. */
export function filterBody({ queue, label, search, drafts }: ImageFilter): Record<string, string | number> {
  return {
    ...(queue !== "all" && { queue }),
    ...(label && { label: Number(label) }),
    ...(search && { search }),
    ...(drafts && { drafts }),
  };
}

function asked({ queue, drafts, ...rest }: ImageFilter) {
  return {
    ...rest,
    queue: queue === "all" ? undefined : queue,
    drafts: drafts === "" ? undefined : drafts,
  };
}

/** One page of the list; `after` and `before` (nearest first) begin beside an image. */
export function fetchImages(
  project: number,
  filter: ImageFilter,
  part: { limit: number; after?: number; before?: number },
  signal?: AbortSignal,
): Promise<Page<Image>> {
  return api.get<Page<Image>>(`projects/${project}/images/`, {
    query: { ...asked(filter), ...part },
    signal,
  });
}

/** Which of the list's images it is, and of how many. */
export function fetchPlace(image: number, filter: ImageFilter): Promise<ListPlace> {
  return api.get<ListPlace>(`images/${image}/place/`, { query: asked(filter) });
}

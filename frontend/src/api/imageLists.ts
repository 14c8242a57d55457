/** The filter and order of a project's image list, in the address of a page and in requests. */
import { api } from "./client";
import type { Image, ListPlace, Page, Queue } from "./types";

/** Sizes as in COCO: from 32 px and from 96 px on, squared. */
export type BoxFilter = "none" | "small" | "medium" | "large";
export type Split = "train" | "val" | "test";
export type ImageOrder = "-created" | "created" | "name" | "uncertain";

export interface ImageFilter {
  readonly queue: Queue | "all";
  /** A label's id, or empty. */
  readonly label: string;
  /** Part of the name, or empty. */
  readonly search: string;
  /** Only images whose boxes nobody finished: one's own, or those of all. */
  readonly drafts: "" | "mine" | "all";
  readonly boxes: "" | BoxFilter;
  /** The id of a person who made annotations on it, or empty. */
  readonly author: string;
  /** In pixels, or empty. */
  readonly min_width: string;
  readonly max_width: string;
  /** Only what a model found something in. */
  readonly suggested: "" | "true";
  /** That of the next snapshot. */
  readonly split: "" | Split;
  /** The id of who is asked to label it, or "nobody". */
  readonly assigned: string;
  readonly order: ImageOrder;
}

/** What narrows a queue down, by its names in addresses. */
export const NARROWING = [
  "label",
  "search",
  "drafts",
  "boxes",
  "author",
  "min_width",
  "max_width",
  "suggested",
  "split",
  "assigned",
] as const;

const QUEUES = new Set<string>(["unlabelled", "labelled", "review", "done", "skipped"]);
const DRAFTS = new Set<string>(["mine", "all"]);
const BOXES = new Set<string>(["none", "small", "medium", "large"]);
const SPLITS = new Set<string>(["train", "val", "test"]);
const ORDERS = new Set<string>(["-created", "created", "name", "uncertain"]);

export function filterFrom(query: URLSearchParams): ImageFilter {
  const queue = query.get("queue") ?? "";
  const order = query.get("order") ?? "";
  const drafts = query.get("drafts") ?? "";
  const boxes = query.get("boxes") ?? "";
  const split = query.get("split") ?? "";
  return {
    queue: QUEUES.has(queue) ? (queue as Queue) : "all",
    label: query.get("label") ?? "",
    search: query.get("search") ?? "",
    drafts: DRAFTS.has(drafts) ? (drafts as ImageFilter["drafts"]) : "",
    boxes: BOXES.has(boxes) ? (boxes as BoxFilter) : "",
    author: numberIn(query, "author"),
    min_width: numberIn(query, "min_width"),
    max_width: numberIn(query, "max_width"),
    suggested: query.get("suggested") === "true" ? "true" : "",
    split: SPLITS.has(split) ? (split as Split) : "",
    assigned: query.get("assigned") === "nobody" ? "nobody" : numberIn(query, "assigned"),
    order: ORDERS.has(order) ? (order as ImageOrder) : "-created",
  };
}

function numberIn(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? "";
  return /^\d{1,9}$/.test(text) ? text : "";
}

export function isNarrowed(filter: ImageFilter): boolean {
  return NARROWING.some((name) => filter[name] !== "");
}

/** The filter as the query of an address. Default values are left out. */
export function filterQuery(filter: ImageFilter): URLSearchParams {
  const given = [
    ["queue", filter.queue === "all" ? "" : filter.queue],
    ...NARROWING.map((name) => [name, filter[name]]),
    ["order", filter.order === "-created" ? "" : filter.order],
  ];
  return new URLSearchParams(given.filter(([, value]) => value !== ""));
}

/** The filter as the body of a bulk change has it. */
export function filterBody(filter: ImageFilter): Record<string, string> {
  const { order: _, ...only } = Object.fromEntries(filterQuery(filter));
  return only;
}

function asked(filter: ImageFilter): Record<string, string> {
  return { ...Object.fromEntries(filterQuery(filter)), order: filter.order };
}

/** One page of the list; `after` and `before` (nearest first) begin beside an image, `place` at the image that is so
 * far from the list's start, or (-1) its end. */
export function fetchImages(
  project: number,
  filter: ImageFilter,
  part: { limit: number; after?: number; before?: number; place?: number },
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

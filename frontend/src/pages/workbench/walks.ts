/** What Next and Previous walk through: a queue, whose images one claims, a list of the gallery, or what one took along. */
import { filterFrom, filterQuery, type ImageFilter } from "../../api/imageLists";
import type { Queue } from "../../api/types";
import { queueOf } from "./queues";

export interface Walk {
  readonly queue: Queue;
  /** The gallery's list that an image was opened from; null: the queue. */
  readonly list: ImageFilter | null;
  /** What one took along. */
  readonly isAlong: boolean;
}

export const ALONG = "?from=along";

export function walkFrom(query: URLSearchParams): Walk {
  const from = query.get("from");
  const list = from === "images" ? filterFrom(query) : null;
  return { queue: queueOf(query.get("queue")), list, isAlong: from === "along" };
}

/** The walk in an address, so that it survives a reload. */
export function walkQuery({ queue, list, isAlong }: Walk): string {
  if (isAlong) return ALONG;
  if (list) return `?${new URLSearchParams([["from", "images"], ...filterQuery(list)])}`;
  return queue === "unlabelled" ? "" : `?queue=${queue}`;
}

/** Names a walk's visits: those of queues go together, a list has its own. */
export function visitsKey(project: number, { list, isAlong }: Walk): string {
  if (isAlong) return project + ALONG;
  return list ? `${project}?${filterQuery(list)}` : String(project);
}

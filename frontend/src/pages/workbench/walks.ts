/** What Next and Previous walk through: a queue, whose images one claims, or a list of the gallery. */
import { filterFrom, filterQuery, type ImageFilter } from "../../api/imageLists";
import type { Queue } from "../../api/types";
import { queueOf } from "./queues";

export interface Walk {
  readonly queue: Queue;
  /** The gallery's list that an image was opened from; null: the queue. */
  readonly list: ImageFilter | null;
}

export function walkFrom(query: URLSearchParams): Walk {
  const isList = query.get("from") === "images";
  return { queue: queueOf(query.get("queue")), list: isList ? filterFrom(query) : null };
}

/** The walk in an address, so that it survives a reload. */
export function walkQuery({ queue, list }: Walk): string {
  if (list) return `?${new URLSearchParams([["from", "images"], ...filterQuery(list)])}`;
  return queue === "unlabelled" ? "" : `?queue=${queue}`;
}

/** Names a walk's visits: those of queues go together, a list has its own. */
export function visitsKey(project: number, { list }: Walk): string {
  return list ? `${project}?${filterQuery(list)}` : String(project);
}

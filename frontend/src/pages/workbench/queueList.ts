/** A queue's list, page by page and in the order of claiming: for viewers, who claim nothing, and for preloading. */
import { api } from "../../api/client";
import type { Image, Page, Queue } from "../../api/types";

const PAGE = 200;

export type FetchPage = (url: string | null) => Promise<Page<Image>>;

export class QueueList {
  private readonly rows: Image[] = [];
  /** The next page's address; null after the last, undefined before the first. */
  private onward: string | null | undefined = undefined;

  constructor(private readonly fetchPage: FetchPage) {}

  /** What is already known to come after `id`. */
  upcoming(id: number): Image[] {
    return this.rows.filter((row) => row.id > id);
  }

  /** The first image after `id`; asks for at most `pages` more pages. */
  async after(id: number | null, pages = Number.POSITIVE_INFINITY): Promise<Image | null> {
    for (let asked = 0; ; asked += 1) {
      const found = this.rows.find((row) => id === null || row.id > id);
      if (found || this.onward === null || asked >= pages) return found ?? null;
      const page = await this.fetchPage(this.onward ?? null);
      this.rows.push(...page.results);
      this.onward = page.next;
    }
  }
}

export function queueListOf(project: number, queue: Queue): QueueList {
  return new QueueList((url) =>
    url
      ? api.get<Page<Image>>(url)
      : api.get<Page<Image>>(`projects/${project}/images/`, {
          query: { queue, order: "created", limit: PAGE },
        }),
  );
}

/** A list of the gallery, gone through from one of its images on. */
import { fetchImages, type ImageFilter } from "../../api/imageLists";
import type { Image, Page } from "../../api/types";

const AFTER = 15;
const BEFORE = 6;

type Side = "after" | "before";
export type FetchPart = (part: { limit: number; after?: number; before?: number }) => Promise<Page<Image>>;

export class FilteredList {
  private readonly latest: Partial<Record<Side, { readonly id: number; readonly rows: readonly Image[] }>> =
    {};

  constructor(private readonly fetchPart: FetchPart) {}

  async first(): Promise<Image | null> {
    return (await this.fetchPart({ limit: 1 })).results[0] ?? null;
  }

  /** Those on one side of an image, nearest first. An image that left the list meanwhile keeps its place. */
  async beside(id: number, side: Side): Promise<readonly Image[]> {
    const known = this.latest[side];
    if (known?.id === id && known.rows.length > 0) return known.rows;
    const limit = side === "after" ? AFTER : BEFORE;
    const { results } = await this.fetchPart({ limit, [side]: id });
    this.latest[side] = { id, rows: results };
    return results;
  }
}

export function filteredList(project: number, filter: ImageFilter): FilteredList {
  return new FilteredList((part) => fetchImages(project, filter, part));
}

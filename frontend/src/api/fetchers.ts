import { api } from "./client";
import type { Annotation, AnnotationState, BoxedImages, Page } from "./types";

/** Every row of a list that is known to be short (teams, members, projects). */
export async function fetchAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let next: string | null = path;
  while (next) {
    const page: Page<T> | T[] = await api.get<Page<T> | T[]>(next, {
      signal,
      query: next === path ? { limit: 200 } : {},
    });
    if (Array.isArray(page)) return page;
    rows.push(...page.results);
    next = page.next;
  }
  return rows;
}

export async function fetchAnnotations(image: number, signal?: AbortSignal): Promise<Annotation[]> {
  return (await api.get<AnnotationState>(`images/${image}/annotations/`, { signal })).annotations;
}

/** A label's id and x_min, y_min, x_max, y_max in the picture's pixels. */
export type TileBox = readonly [label: number, x_min: number, y_min: number, x_max: number, y_max: number];

/** The boxes of many images; where they have very many, those of the first of them. */
export async function fetchTileBoxes(
  project: number,
  images: readonly number[],
): Promise<ReadonlyMap<number, readonly TileBox[]>> {
  const query = { images: images.join(",") };
  const found = await api.get<BoxedImages>(`projects/${project}/images/boxes/`, { query });
  return new Map(found.images.map(({ id, boxes }) => [id, boxes as unknown as readonly TileBox[]]));
}

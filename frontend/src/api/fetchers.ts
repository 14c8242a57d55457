import { api } from "./client";
import type { Annotation, AnnotationState, Page } from "./types";

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

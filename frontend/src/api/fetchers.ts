import type { DrawnBox } from "../ui/boxes";
import { api } from "./client";
import type { AnnotationState, Label, Page } from "./types";

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

/** One image's boxes, coloured by the project's labels. Whole-image labels have no box. */
export async function fetchBoxes(image: number, labels: Label[], signal?: AbortSignal): Promise<DrawnBox[]> {
  const state = await api.get<AnnotationState>(`images/${image}/annotations/`, { signal });
  const colors = new Map(labels.map((label) => [label.id, label.color]));
  return state.annotations.flatMap((one) =>
    one.x_min === undefined || one.y_min === undefined || one.x_max === undefined || one.y_max === undefined
      ? []
      : [
          {
            id: one.id,
            color: colors.get(one.label) ?? "#fff",
            x_min: one.x_min,
            y_min: one.y_min,
            x_max: one.x_max,
            y_max: one.y_max,
          },
        ],
  );
}

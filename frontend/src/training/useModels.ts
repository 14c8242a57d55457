import { api } from "../api/client";
import type { Model, Page } from "../api/types";
import { useLoaded } from "../ui/useLoaded";

/** The catalogue of models; null until it is here. */
export function useModels(): Model[] | null {
  return useLoaded("models", (signal) => catalogue<Model>("models/", signal)).value;
}

/** A catalogue answers a plain list or a page of one. */
export async function catalogue<Entry>(path: string, signal: AbortSignal): Promise<Entry[]> {
  const answer = await api.get<Entry[] | Page<Entry>>(path, { signal });
  return Array.isArray(answer) ? answer : answer.results;
}

import { fetchAll } from "../api/fetchers";
import type { Model } from "../api/types";
import { useLoaded } from "../ui/useLoaded";

/** The catalogue of models; null until it is here. */
export function useModels(): Model[] | null {
  return useLoaded("models", (signal) => fetchAll<Model>("models/", signal)).value;
}

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import { fetchAll } from "../api/fetchers";
import type { FoundModels, Model } from "../api/types";
import { useLoaded } from "../ui/useLoaded";

const picked = signal<readonly Model[]>([]);

/** From now on a model of timm's stands among the others. */
export function offerModel(model: Model): void {
  picked.value = [...picked.value.filter((one) => one.name !== model.name), model];
}

/** The catalogue of models, and those of timm's that were picked since the page was opened; null until it is here. */
export function useModels(): Model[] | null {
  const catalogue = useLoaded("models", (signal) => fetchAll<Model>("models/", signal)).value;
  const others = picked.value;
  return useMemo(() => catalogue && [...catalogue, ...others], [catalogue, others]);
}

/** Any model by name; null until it is here. */
export function useModel(name: string): Model | null {
  const models = useModels();
  const known = models?.find((one) => one.name === name);
  const { value } = useLoaded(models && !known ? `timm ${name}` : null, (signal) => searchTimm(name, signal));
  return known ?? value?.results.find((one) => one.name === name) ?? null;
}

/** timm's classifiers whose names have these parts. */
export const searchTimm = (search: string, signal: AbortSignal): Promise<FoundModels> =>
  api.get<FoundModels>("models/timm/", { query: { search }, signal });

import { fetchAll } from "../api/fetchers";
import type { Base } from "../api/types";
import { useProject } from "../app/project";
import { useLoaded } from "../ui/useLoaded";

/** The team's finished runs that one here can start from; null until they are here. */
export function useBases(): Base[] | null {
  const { id } = useProject().project.value;
  return useLoaded(`bases ${id}`, (signal) => fetchAll<Base>(`projects/${id}/runs/bases/`, signal)).value;
}

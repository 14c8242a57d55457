import { useEffect } from "preact/hooks";
import { fetchAll } from "../../../api/fetchers";
import type { Run, Sweep } from "../../../api/types";
import { useProject } from "../../../app/project";
import { useLoaded } from "../../../ui/useLoaded";

/** The project's sweeps, newest first, as far as its runs have come; null until they are here. */
export function useSweeps(runs: readonly Run[] | null): Sweep[] | null {
  const { project, events } = useProject();
  const { id } = project.value;
  const { value, reload } = useLoaded(`sweeps ${id}`, (signal) =>
    fetchAll<Sweep>(`projects/${id}/sweeps/`, signal),
  );
  const statuses = runs
    ?.filter((run) => run.sweep !== null)
    .map((run) => run.status)
    .join(" ");
  useEffect(() => {
    if (statuses) reload();
  }, [statuses, reload]);
  useEffect(() => events.on("sweep", reload), [events, reload]);
  return value;
}

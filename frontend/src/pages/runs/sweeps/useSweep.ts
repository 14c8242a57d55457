import { useEffect, useRef } from "preact/hooks";
import { api } from "../../../api/client";
import type { Page, Sweep, SweepCurve, SweepTable } from "../../../api/types";
import { useProject } from "../../../app/project";
import { type Loaded, useLoaded } from "../../../ui/useLoaded";

const PAUSE_MS = 1000; // several runs may tell of an epoch at once

export interface SweepState {
  readonly sweep: Loaded<Sweep>;
  readonly table: Loaded<SweepTable>;
  readonly curves: Loaded<Page<SweepCurve>>;
  reload(): void;
}

/** A sweep with its runs, as they come on. */
export function useSweep(id: number): SweepState {
  const { events } = useProject();
  const sweep = useLoaded(`sweep ${id}`, (signal) => api.get<Sweep>(`sweeps/${id}/`, { signal }));
  const table = useLoaded(`table ${id}`, (signal) => api.get<SweepTable>(`sweeps/${id}/table/`, { signal }));
  const curves = useLoaded(`curves ${id}`, (signal) =>
    api.get<Page<SweepCurve>>(`sweeps/${id}/curves/`, { signal }),
  );
  const statuses = useRef(new Map<number, string>());
  statuses.current = new Map(table.value?.results.map((row) => [row.id, row.status]));
  const reload = () => {
    for (const part of [sweep, table, curves]) part.reload();
  };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(reload, PAUSE_MS);
    };
    const ends = [
      events.on("run", (run) => run.sweep === id && run.status !== statuses.current.get(run.id) && soon()),
      events.on("metrics", (one) => statuses.current.has(one.run) && soon()),
      events.onGap(reload),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [id, events]);
  return { sweep, table, curves, reload };
}

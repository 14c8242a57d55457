import { useCallback, useEffect, useState } from "preact/hooks";
import { fetchAll } from "../api/fetchers";
import type { Run } from "../api/types";
import { useProject } from "../app/project";

const PAUSE_MS = 300; // a sweep tells of many new runs at once

export interface RunsState {
  /** Newest first; null until they are here. */
  readonly runs: Run[] | null;
  readonly error: unknown;
  reload(): void;
  /** Takes over a run that an action answered with. */
  put(run: Run): void;
}

/** A project's runs, kept current by events. */
export function useRuns(): RunsState {
  const { project, events } = useProject();
  const id = project.value.id;
  const [runs, setRuns] = useState<Run[] | null>(null);
  const [error, setError] = useState<unknown>(null);

  const reload = useCallback(() => {
    fetchAll<Run>(`projects/${id}/runs/`).then(
      (found) => {
        setRuns(found);
        setError(null);
      },
      (problem) => setError(problem),
    );
  }, [id]);
  const put = useCallback((run: Run) => setRuns((known) => withRun(known ?? [], run)), []);

  useEffect(() => {
    reload();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(reload, PAUSE_MS);
    };
    const ends = [
      events.on("run", (change) => setRuns((known) => withChange(known, change, soon))),
      events.onGap(reload),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [reload, events]);

  return { runs, error, reload, put };
}

function withRun(runs: Run[], run: Run): Run[] {
  const others = runs.filter((one) => one.id !== run.id);
  return [...others, run].sort((a, b) => b.number - a.number);
}

function withChange(
  runs: Run[] | null,
  change: Partial<Run> & { id: number },
  reload: () => void,
): Run[] | null {
  if (!runs) return runs;
  if (!runs.some((one) => one.id === change.id)) {
    reload();
    return runs;
  }
  return runs.map((one) => (one.id === change.id ? { ...one, ...change } : one));
}

import { useCallback, useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Page, Run } from "../api/types";
import { useProject } from "../app/project";

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
    api.get<Page<Run>>(`projects/${id}/runs/`, { query: { limit: 200 } }).then(
      (page) => {
        setRuns(page.results);
        setError(null);
      },
      (problem) => setError(problem),
    );
  }, [id]);
  const put = useCallback((run: Run) => setRuns((known) => withRun(known ?? [], run)), []);

  useEffect(() => {
    reload();
    const ends = [
      events.on("run", (change) => setRuns((known) => withChange(known, change, reload))),
      events.onGap(reload),
    ];
    return () => {
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

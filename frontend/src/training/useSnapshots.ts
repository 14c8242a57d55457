import { useCallback, useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Page, Snapshot } from "../api/types";
import { useProject } from "../app/project";
import { withPage, withSnapshot } from "./snapshotRows";

export interface SnapshotsState {
  /** Newest first; null until they are here. */
  readonly snapshots: Snapshot[] | null;
  readonly error: unknown;
  reload(): void;
  put(snapshot: Snapshot): void;
}

/** A project's snapshots, kept current by events. */
export function useSnapshots(): SnapshotsState {
  const { project, events } = useProject();
  const id = project.value.id;
  const [snapshots, setSnapshots] = useState<Snapshot[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const put = useCallback((one: Snapshot) => setSnapshots((known) => withSnapshot(known ?? [], one)), []);
  const reload = useCallback(() => {
    api.get<Page<Snapshot>>(`projects/${id}/snapshots/`, { query: { limit: 200 } }).then(
      (page) => {
        setSnapshots((known) => withPage(known ?? [], page.results));
        setError(null);
      },
      (problem) => setError(problem),
    );
  }, [id]);
  useEffect(() => {
    reload();
    const ends = [events.on("snapshot", put), events.onGap(reload)];
    return () => {
      for (const end of ends) end();
    };
  }, [reload, put, events]);
  return { snapshots, error, reload, put };
}

import { useCallback, useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Artifact, Page } from "../../../api/types";
import { useProject } from "../../../app/project";

export interface ArtifactsState {
  readonly artifacts: Artifact[] | null;
  readonly error: unknown;
  reload(): void;
  put(artifact: Artifact): void;
}

/** A run's artifacts, kept current by events. */
export function useArtifacts(run: number): ArtifactsState {
  const { events } = useProject();
  const [artifacts, setArtifacts] = useState<Artifact[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const put = useCallback(
    (one: Artifact) =>
      setArtifacts((known) => {
        const old = known?.find((other) => other.id === one.id);
        return [...(known ?? []).filter((other) => other.id !== one.id), { ...old, ...one }];
      }),
    [],
  );
  const reload = useCallback(() => {
    api.get<Page<Artifact>>(`runs/${run}/artifacts/`).then(
      (page) => {
        setArtifacts(page.results);
        setError(null);
      },
      (problem) => setError(problem),
    );
  }, [run]);
  useEffect(() => {
    reload();
    const ends = [events.on("artifact", (one) => one.run === run && put(one)), events.onGap(reload)];
    return () => {
      for (const end of ends) end();
    };
  }, [reload, put, events, run]);
  return { artifacts, error, reload, put };
}

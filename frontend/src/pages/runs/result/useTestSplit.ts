import { useEffect } from "preact/hooks";
import { api } from "../../../api/client";
import type { TestSplit } from "../../../api/types";
import { useProject } from "../../../app/project";
import { type Loaded, useLoaded } from "../../../ui/useLoaded";

/** How the test split of a run stands, loaded again when an evaluation on it says something. */
export function useTestSplit(run: number): Loaded<TestSplit> {
  const { events } = useProject();
  const state = useLoaded(`test ${run}`, (signal) => api.get<TestSplit>(`runs/${run}/test/`, { signal }));
  const { reload } = state;
  useEffect(() => {
    const ends = [events.on("holdout", reload), events.onGap(reload)];
    return () => {
      for (const end of ends) end();
    };
  }, [events, reload]);
  return state;
}

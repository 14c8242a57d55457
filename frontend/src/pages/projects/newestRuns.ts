import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Page, Run } from "../../api/types";

const POLL_MS = 4000;

function isWorking(run: Run): boolean {
  return run.status === "queued" || run.status === "running";
}

/** The newest run of each of my projects, by project id; asked again while one of them works. */
export function useNewestRuns(enabled: boolean): Map<number, Run> {
  const [runs, setRuns] = useState<Map<number, Run>>(new Map());
  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const page = await api.get<Page<Run> | Run[]>("runs/latest/", { signal: abort.signal });
      const list = Array.isArray(page) ? page : page.results;
      setRuns(new Map(list.map((run) => [run.project, run])));
      if (list.some(isWorking)) timer = setTimeout(() => load().catch(() => {}), POLL_MS);
    };
    load().catch(() => {}); // the cards stand without their last line
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [enabled]);
  return runs;
}

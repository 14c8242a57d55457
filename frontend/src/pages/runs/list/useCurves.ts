import { useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { EpochMetrics, Page, Run } from "../../../api/types";
import { type Epoch, mergeEpochs } from "../curves";
import { isLive } from "../runProgress";

const MOST = 24; // the newest runs: one small request each
const AT_ONCE = 4;

export type Curves = ReadonlyMap<number, readonly Epoch[]>;

/** The epochs of the newest ended runs, by run id, as they come in. */
export function useCurves(runs: readonly Run[]): Curves {
  const [curves, setCurves] = useState<Curves>(new Map());
  const wanted = runs
    .filter((run) => !isLive(run.status) && run.epoch > 0)
    .slice(0, MOST)
    .map((run) => run.id);
  const key = wanted.join(" ");
  useEffect(() => {
    const abort = new AbortController();
    const queue = wanted.filter((id) => !curves.has(id));
    const work = async () => {
      for (let id = queue.shift(); id !== undefined && !abort.signal.aborted; id = queue.shift()) {
        const epochs = await loadEpochs(id, abort.signal);
        if (epochs && !abort.signal.aborted) setCurves((known) => new Map(known).set(id as number, epochs));
      }
    };
    for (let worker = 0; worker < AT_ONCE; worker += 1) void work();
    return () => abort.abort();
  }, [key]);
  return curves;
}

/** null where they can't be had: the table then shows no curve. */
async function loadEpochs(run: number, signal: AbortSignal): Promise<Epoch[] | null> {
  try {
    const page = await api.get<Page<EpochMetrics>>(`runs/${run}/metrics/`, { signal, retries: 0 });
    return mergeEpochs([], page.results);
  } catch {
    return null;
  }
}

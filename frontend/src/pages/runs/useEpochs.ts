import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client";
import type { EpochMetrics, Page } from "../../api/types";
import { useProject } from "../../app/project";
import { type Epoch, mergeEpochs } from "./curves";

/** A run's epochs, as they arrive; null until the first answer. */
export function useEpochs(run: number | null): Epoch[] | null {
  const { events } = useProject();
  const [state, setState] = useState<{ run: number | null; epochs: Epoch[] | null }>({ run, epochs: null });
  useEffect(() => {
    if (run === null) return;
    let isOver = false;
    const take = (arrived: readonly Epoch[]) =>
      setState((old) => ({ run, epochs: mergeEpochs(old.run === run ? (old.epochs ?? []) : [], arrived) }));
    const load = () => {
      api
        .get<Page<EpochMetrics>>(`runs/${run}/metrics/`)
        .then((page) => !isOver && take(page.results))
        .catch(() => !isOver && take([])); // the page's own request tells what is wrong
    };
    load();
    const ends = [
      events.on("metrics", (one) => one.run === run && take([{ epoch: one.epoch, values: one.values }])),
      events.onGap(load),
    ];
    return () => {
      isOver = true;
      for (const end of ends) end();
    };
  }, [run, events]);
  return state.run === run ? state.epochs : null;
}

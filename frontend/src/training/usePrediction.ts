import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Page, Prediction } from "../api/types";
import { useProject } from "../app/project";

interface PredictionState {
  /** The project's newest; null while there is none, or it is not here yet. */
  readonly prediction: Prediction | null;
  /** Takes over one that an action answered with. */
  put(prediction: Prediction): void;
}

/** Who suggests boxes for the project's unlabelled images, and how far it is; kept current by events. */
export function usePrediction(): PredictionState {
  const { project, events } = useProject();
  const { id } = project.value;
  const [prediction, setPrediction] = useState<Prediction | null>(null);
  const put = (one: Prediction) => setPrediction((known) => (known && known.id > one.id ? known : one));
  useEffect(() => {
    const load = () => {
      api.get<Page<Prediction>>(`projects/${id}/predictions/`, { query: { limit: 1 } }).then(
        ({ results }) => results[0] && put(results[0]),
        () => undefined,
      );
    };
    load();
    const ends = [events.on("prediction", put), events.onGap(load)];
    return () => {
      for (const end of ends) end();
    };
  }, [id, events]);
  return { prediction, put };
}

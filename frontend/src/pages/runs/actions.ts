/** What one can ask of runs. Each answers with the run it made or changed. */

import { api } from "../../api/client";
import type { Artifact, EveryArtifact, Run } from "../../api/types";

/** Goes on from the last checkpoint. */
export const resumeRun = (run: Run): Promise<Run> => api.post<Run>(`runs/${run.id}/resume/`);

/** A snapshot of what is labelled now, the last config, the last run's checkpoint. */
export const retrain = (project: number): Promise<Run> => api.post<Run>(`projects/${project}/retrain/`);

/** A snapshot of what is labelled now, of which the run's successor learns what is new to it. */
export const continueRun = (run: Run): Promise<Run> => api.post<Run>(`runs/${run.id}/continue/`);

/** The same run again, from random weights: what remains where no weights can be had. */
export function startFromRandom(run: Run): Promise<Run> {
  const { epochs, batch_size, learning_rate } = run.config;
  const config = { epochs, batch_size, learning_rate };
  return api.post<Run>(`projects/${run.project}/runs/`, {
    snapshot: run.snapshot.id,
    model: run.model,
    base: "none",
    config,
  });
}

/** Makes one that lost too much AP or accuracy once more, to be given out: a manager knows what it loses. */
export const release = (artifact: Artifact): Promise<Artifact> =>
  api.post<Artifact>(`artifacts/${artifact.id}/release/`);

export function publish(run: number, target: string, quantization: string): Promise<Artifact> {
  return api.post<Artifact>(`runs/${run}/artifacts/`, { target, quantization });
}

/** In 32 bits, all that the run's model can go to; those there or on their way stay as they are. */
export const publishAll = (run: number): Promise<Artifact[]> =>
  api.post<EveryArtifact>(`runs/${run}/artifacts/all/`).then(({ artifacts }) => artifacts);

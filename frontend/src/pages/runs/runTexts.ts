/** Runs in words. Pure. */

import type { Model, Run } from "../../api/types";
import { fileText } from "../../training/bases";
import { duration } from "../../ui/figures";

export function modelTitle(models: readonly Model[] | null, name: string): string {
  return models?.find((model) => model.name === name)?.title ?? name;
}

/** "from catalogue weights", "from run 7", "from run 7 of Badgers", "from mine.pth (9f2c·41d7·b08e)", "from random weights". */
export function baseText(run: Pick<Run, "base" | "base_run" | "base_file" | "project">): string {
  if (run.base === "none") return "from random weights";
  if (run.base === "catalogue") return "from catalogue weights";
  if (run.base_file) return `from ${fileText(run.base_file)}`;
  if (!run.base_run) return "from weights that were deleted";
  const { number, project } = run.base_run;
  return project.id === run.project ? `from run ${number}` : `from run ${number} of ${project.name}`;
}

/** How long a run took; null before it has ended. */
export function tookText(run: Pick<Run, "started_at" | "finished_at">): string | null {
  if (!run.started_at || !run.finished_at) return null;
  return duration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000);
}

/** The newest finished run before this one: what a change is measured against. */
export function runBefore(runs: readonly Run[], run: Run): Run | null {
  const earlier = runs.filter((one) => one.status === "succeeded" && one.number < run.number);
  return earlier.reduce<Run | null>((best, one) => (best && best.number > one.number ? best : one), null);
}

const FAILURES: Readonly<Record<string, string>> = {
  weights_unavailable: "The base weights could not be had",
  bad_base: "The uploaded file cannot be used",
  base_deleted: "The base was deleted",
  bad_checkpoint: "The base does not fit this model",
  bad_config: "The settings do not work",
  bad_data: "The snapshot cannot be trained on",
  diverged: "The training diverged",
  crashed: "The training stopped unexpectedly",
  killed: "The training was killed",
  snapshot_failed: "The snapshot could not be written",
  internal: "The training stopped unexpectedly",
};

/** A failure's headline: what happened, without blame. */
export function failureTitle(code: string): string {
  return FAILURES[code] ?? "The run failed";
}

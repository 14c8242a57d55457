/** What the images page and an import's own page say of an import. */
import type { Import } from "../api/types";
import { count, counted, duration } from "../ui/figures";
import { waitingText } from "../ui/waiting";

export function isOver({ status }: Pick<Import, "status">): boolean {
  return status === "succeeded" || status === "failed" || status === "canceled";
}

/** It moves by itself: neither over nor waiting for a person. */
export function isWorking(one: Pick<Import, "status">): boolean {
  return !isOver(one) && one.status !== "waiting";
}

export function importName({ archive_name }: Pick<Import, "archive_name">): string {
  return archive_name || "Import";
}

export function importPath(slug: string, id: number): string {
  return `/p/${slug}/imports/${id}`;
}

/** How far, in figures: "120 of 1,204 files". Before there are figures, what it does. */
export function progressText({ status, stage, waiting_for, progress, source }: Import): string {
  if (status === "queued" && waiting_for) return waitingText({ waiting_for });
  const unit = stage === "applying" ? "image" : "file";
  if (progress.total > 0) return `${count(progress.done)} of ${counted(progress.total, unit)}`;
  if (stage === "applying") return "Bringing it into the project";
  return source === "sample" ? "Drawing the pictures" : "Reading the archive";
}

/** "1 min 48 s left", or nothing as long as it is not known. */
export function timeLeft({ progress }: Pick<Import, "progress">): string {
  return progress.seconds_left === null ? "" : `${duration(progress.seconds_left)} left`;
}

export function errorText({ error }: Pick<Import, "error">): string {
  return error?.detail ?? "";
}

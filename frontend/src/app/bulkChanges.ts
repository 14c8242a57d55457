/** Many images changed at once: asked for, told about, taken back. */
import { signal } from "@preact/signals";
import { api } from "../api/client";
import type { BulkChange, Queue } from "../api/types";
import { counted } from "../ui/figures";
import { toast, toastError } from "../ui/toast";

/** The change that a worker is at, of those that this page asked for. */
export const running = signal<BulkChange | null>(null);

const QUEUE_NAMES: Record<Queue, string> = {
  unlabelled: "Unlabelled",
  labelled: "Labelled",
  review: "Review",
  done: "Done",
  skipped: "Skipped",
};

/** Asks for a change, and tells of it when it has ended: at once, unless it is long. Null: it was refused. */
export async function changeImages(
  path: string,
  body: object,
  changed: () => void,
): Promise<BulkChange | null> {
  try {
    const change = await api.post<BulkChange>(path, body);
    if (change.status === "queued" || change.status === "running") running.value = change;
    else tellEnd(change, changed);
    return change;
  } catch (error) {
    toastError(error);
    return null;
  }
}

export function tellEnd(change: BulkChange, changed: () => void): void {
  const undo = () => void changeImages(`bulk-changes/${change.id}/undo/`, {}, changed);
  const isUndone = change.done_count > 0 && change.deed !== "purge";
  toast({
    text: outcome(change),
    bad: change.done_count === 0,
    ...(isUndone && { actions: [{ label: "Undo", run: undo }] }),
  });
  changed();
}

/** "12 images moved to Skipped. 2 stayed: An image can't go from Review to Skipped." */
export function outcome({
  deed,
  asked,
  status,
  error,
  done_count,
  refused_count,
  refused,
}: BulkChange): string {
  const deeds: Record<BulkChange["deed"], string> = {
    move: `moved to ${asked.queue ? QUEUE_NAMES[asked.queue] : "another queue"}`,
    label: "labelled",
    assign: assignment(asked.person),
    give_back: asked.person === undefined ? "taken back" : "given back",
    delete: "moved to the Trash",
    restore: "restored",
    purge: "deleted for good",
    undo: "taken back",
  };
  const done = `${counted(done_count, "image")} ${deeds[deed]}.`;
  const stayed =
    refused_count > 0 ? ` ${counted(refused_count, "image")} stayed: ${refused[0]?.reason ?? ""}` : "";
  const failed = status === "failed" && error ? ` ${error.detail}` : "";
  return done + stayed + failed + (status === "canceled" ? " The rest was canceled." : "");
}

/** Undefined: each to whom it was before. */
function assignment(person: number | null | undefined): string {
  if (person === undefined) return "taken back";
  return person === null ? "assigned to nobody" : "assigned";
}

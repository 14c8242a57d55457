/** Moving the open image to another queue and going on. */
import type { Queue } from "../../api/types";
import { type Toast, toast } from "../../ui/toast";
import type { Navigation } from "./navigation";
import type { WorkbenchState } from "./workbenchState";

export function skip(workbench: WorkbenchState, navigation: Navigation): void {
  const boxes = workbench.boxes.peek().length;
  const kept = boxes === 1 ? "; its box stays" : `; its ${boxes} boxes stay`;
  const image = workbench.image.peek();
  const explain = (): void => {
    workbench.explained.value = image;
  };
  settle(workbench, navigation, "skipped", `skipped: not trained on${boxes > 0 ? kept : ""}`, [
    { label: "Say why", run: explain },
  ]);
}

/** Marks the image as a negative, which training uses. An image that is marked already goes back to be labelled. */
export function markEmpty(workbench: WorkbenchState, navigation: Navigation): void {
  if (workbench.document.peek().annotations.size > 0) {
    toast("This image has boxes. Delete them first, then mark it as empty.");
  } else if (["unlabelled", "skipped"].includes(workbench.queue.peek())) {
    settle(workbench, navigation, "labelled", "marked as empty");
  } else if (!isRefused(workbench, "unlabelled")) {
    workbench.moveTo("unlabelled");
  }
}

/** One is asked no more to label the image, and goes on. */
export async function giveBack(workbench: WorkbenchState, navigation: Navigation): Promise<void> {
  const image = workbench.image.peek();
  if (!image || navigation.isMoving) return;
  const path = `projects/${workbench.project.project.peek().id}/images/give-back/`;
  const { changeImages } = await import("../../app/bulkChanges");
  const change = await changeImages(path, { images: [image.id] }, () => {});
  if (change?.done_count && workbench.image.peek() === image) await navigation.next();
}

function isRefused(workbench: WorkbenchState, queue: Queue): boolean {
  const reason = workbench.whyNotTo(queue);
  if (reason) toast(reason);
  return reason !== null;
}

/** Moves the image to a queue and goes on; for a while one can take it back. */
function settle(
  workbench: WorkbenchState,
  navigation: Navigation,
  queue: Queue,
  word: string,
  more: Toast["actions"] = [],
): void {
  const image = workbench.image.peek();
  if (!image || navigation.isMoving || isRefused(workbench, queue)) return;
  const was = workbench.queue.peek();
  const undo = (): void => {
    workbench.saving.saver.recordMove(image, workbench.revisionOf(image.id), { queue: was });
    navigation.go(image.id);
  };
  workbench.moveTo(queue);
  toast({ text: `${image.name} ${word}`, actions: [...more, { label: "Undo", run: undo }] });
  void navigation.next();
}

/** Moving the open image to another queue and going on. */
import type { Queue } from "../../api/types";
import { toast } from "../../ui/toast";
import type { Navigation } from "./navigation";
import type { WorkbenchState } from "./workbenchState";

export function skip(workbench: WorkbenchState, navigation: Navigation): void {
  const boxes = workbench.boxes.peek().length;
  const kept = boxes === 1 ? "; its box stays" : `; its ${boxes} boxes stay`;
  settle(workbench, navigation, "skipped", `skipped${boxes > 0 ? kept : ""}`);
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

function isRefused(workbench: WorkbenchState, queue: Queue): boolean {
  const reason = workbench.whyNotTo(queue);
  if (reason) toast(reason);
  return reason !== null;
}

/** Moves the image to a queue and goes on; for a while one can take it back. */
function settle(workbench: WorkbenchState, navigation: Navigation, queue: Queue, word: string): void {
  const image = workbench.image.peek();
  if (!image || navigation.isMoving || isRefused(workbench, queue)) return;
  const was = workbench.queue.peek();
  const undo = (): void => {
    workbench.saving.saver.recordQueue(image, workbench.revisionOf(image.id), was);
    navigation.go(image.id);
  };
  workbench.moveTo(queue);
  toast({ text: `${image.name} ${word}`, action: { label: "Undo", run: undo } });
  void navigation.next();
}

import { effect } from "@preact/signals";
import type { UploadAnswer } from "../../../api/types";
import { postForm } from "../../../api/upload";
import { UploadQueue } from "./uploadQueue";

// One queue a project, outside of any page: uploads go on while one looks at something else.
const queues = new Map<number, UploadQueue>();

function sender(project: number) {
  return (files: File[], onSent: (bytes: number) => void) => {
    const form = new FormData();
    for (const file of files) form.append("files", file, file.name);
    return postForm<UploadAnswer>(`projects/${project}/images/`, form, onSent);
  };
}

function warnBeforeClosing(queue: UploadQueue): void {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  effect(() => {
    if (queue.busy) addEventListener("beforeunload", warn);
    else removeEventListener("beforeunload", warn);
  });
}

export function uploadsOf(project: number): UploadQueue {
  const known = queues.get(project);
  if (known) return known;
  const queue = new UploadQueue(sender(project));
  queues.set(project, queue);
  warnBeforeClosing(queue);
  return queue;
}

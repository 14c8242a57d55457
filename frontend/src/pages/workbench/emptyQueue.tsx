import type { Queue } from "../../api/types";
import { Button, ButtonLink } from "../../ui/button";
import { Empty } from "../../ui/states";
import type { WorkbenchState } from "./workbenchState";

interface EmptyQueueProps {
  readonly workbench: WorkbenchState;
  readonly queue: Queue;
  readonly again: () => void;
}

/** The end of a queue, and where to go from here. */
export function EmptyQueue({ workbench, queue, again }: EmptyQueueProps) {
  const { slug } = workbench.project.project.value;
  const counts = workbench.project.counts.value;
  if (counts.images === 0) {
    return (
      <Empty
        title="No images yet"
        actions={
          <ButtonLink look="primary" href={`/p/${slug}/images`}>
            Add images
          </ButtonLink>
        }
      >
        Labelling starts with pictures.
      </Empty>
    );
  }
  const title = queue === "unlabelled" ? "No unlabelled images" : "That was the last one";
  return (
    <div class="void" data-testid="empty-queue">
      <h2>{title}</h2>
      <p>{summary(queue, counts)}</p>
      <div class="acts">
        {counts.labelled + counts.review + counts.done > 0 && (
          <ButtonLink look="primary" href={`/p/${slug}/snapshots`}>
            Snapshot and train
          </ButtonLink>
        )}
        {queue !== "skipped" && counts.skipped > 0 && (
          <ButtonLink href={`/p/${slug}/label?queue=skipped`}>Look at {counts.skipped} skipped</ButtonLink>
        )}
        {queue !== "labelled" && counts.labelled > 0 && (
          <ButtonLink href={`/p/${slug}/label?queue=labelled`}>Look through the labelled</ButtonLink>
        )}
        <ButtonLink href={`/p/${slug}/images`}>Back to images</ButtonLink>
        {counts[queue] > 0 && <Button onClick={again}>Look again</Button>}
      </div>
    </div>
  );
}

function summary(queue: Queue, counts: Record<Queue | "images", number>): string {
  const left = counts[queue];
  if (queue !== "unlabelled") return "You have been through all of this queue.";
  if (left > 0)
    return `${left} ${left === 1 ? "image is" : "images are"} with someone else, or you passed by without a label.`;
  return `All ${counts.images} images have been looked at.`;
}

import type { ImportReview } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { count } from "../../../ui/figures";
import { Stat } from "../../../ui/stat";

/** What the archive holds, in figures. */
export function FiguresPanel({ review }: { review: ImportReview }) {
  const { task } = useProject().project.value;
  const { images, annotations, labels, groups } = review;
  return (
    <section class="panel import-figures" aria-label="What it holds">
      <dl class="stats">
        <Stat name="New images" value={count(images.new)} testId="review-new" />
        <Stat name="Already here" value={count(images.known)} testId="review-known" />
        <Stat name={TASKS[task].annotations} value={count(annotations)} testId="review-annotations" />
        <Stat name="Labels" value={count(labels.length)} />
        {images.negatives > 0 && (
          <Stat name="Nothing on them" value={count(images.negatives)} unit="images" />
        )}
        {images.unlabelled > 0 && (
          <Stat name="Without annotations" value={count(images.unlabelled)} unit="images" />
        )}
        {groups > 0 && <Stat name="Groups" value={count(groups)} />}
      </dl>
    </section>
  );
}

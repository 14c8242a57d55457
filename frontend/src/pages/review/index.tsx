import "./review.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { savingSessionOf } from "../../annotator/saving/savingSession";
import type { Label } from "../../api/types";
import { LabelPicker } from "../../app/labelPicker";
import { useProject } from "../../app/project";
import { navigate, query } from "../../app/router";
import { userId } from "../../app/session";
import { TASKS } from "../../app/tasks";
import { useTitle } from "../../app/title";
import { ButtonLink } from "../../ui/button";
import { Empty, Failed } from "../../ui/states";
import { toast } from "../../ui/toast";
import { followColleagues } from "./colleagues";
import { CropGrid } from "./cropGrid";
import { DeedBar } from "./deedBar";
import { type ReviewActions, useReviewKeys } from "./keys";
import { ReviewBar } from "./reviewBar";
import { type Crop, ReviewState } from "./reviewState";
import { type LabelledList, ORDERS, type Order, useLabelled } from "./useLabelled";

function orderOf(text: string | null): Order {
  return text !== null && text in ORDERS ? (text as Order) : "newest";
}

/** All annotations of one label side by side, so that the wrong ones jump out. */
export default function Review() {
  const { project, reload } = useProject();
  useEffect(() => void reload(), [reload]); // no event tells how many a label has
  const { labels, slug, name } = project.value;
  const order = orderOf(query.value.get("order"));
  const asked = query.value.get("label");
  const label = labels.find(({ id }) => String(id) === asked) ?? labels[0];
  useTitle("Review", name);
  if (!label) {
    return (
      <main class="review" id="content">
        <Empty
          title="This project has no labels yet"
          actions={<ButtonLink href={`/p/${slug}/settings`}>Labels</ButtonLink>}
        />
      </main>
    );
  }
  return <LabelReview key={`${label.id} ${order}`} label={label} order={order} />;
}

function LabelReview({ label, order }: { label: Label; order: Order }) {
  const { project, may, events } = useProject();
  const { labels, task, slug } = project.value;
  const me = userId.value ?? 0;
  const mayChange = may("annotator");
  const review = useMemo(() => new ReviewState(savingSessionOf(me, userId)), [me]);
  useEffect(() => review.follow(), [review]);
  useEffect(() => followColleagues(review, events), [review, events]);
  const list = useLabelled(review, label.id, order);
  const [isFinding, setFinding] = useState(false);
  const act = useMemo(
    () =>
      actionsOf(
        review,
        () => project.peek().labels,
        slug,
        () => setFinding(true),
      ),
    [review, slug],
  );
  useReviewKeys(review, act, mayChange);
  const unit = TASKS[task].hasBoxes ? (["box", "boxes"] as const) : (["image", "images"] as const);
  return (
    <main class="review" id="content">
      <ReviewBar project={project.value} label={label} order={order} changed={review.changed.value} />
      <Crops review={review} list={list} label={label} order={order} />
      {mayChange && <DeedBar review={review} act={act} labels={labels} unit={unit} />}
      {isFinding && (
        <LabelPicker
          labels={labels}
          recent={[]}
          pick={(index) => act.relabel(index)}
          close={() => setFinding(false)}
        />
      )}
    </main>
  );
}

interface CropsProps {
  review: ReviewState;
  list: LabelledList;
  label: Label;
  order: Order;
}

/** The crops, or why there are none. */
function Crops({ review, list, label, order }: CropsProps) {
  const { project, may } = useProject();
  const { labels, slug } = project.value;
  const isEmpty = review.crops.value.length === 0;
  if (isEmpty && list.error !== null) return <Failed error={list.error} retry={list.more} />;
  if (isEmpty && list.loaded && !list.hasMore) {
    return (
      <Empty title={order === "newest" ? "Nothing has this label" : "Nothing to show in this order"}>
        {order === "unsure" && "Nothing of this label has a score: people draw without."}
      </Empty>
    );
  }
  return (
    <CropGrid
      review={review}
      list={list}
      labels={labels}
      name={`${label.name}, ${ORDERS[order].toLowerCase()}`}
      mayChange={may("annotator")}
      open={(crop) => navigate(addressOf(slug, crop))}
    />
  );
}

/** Of its image, in the list of all that carry the label. */
function addressOf(slug: string, { image, was }: Crop): string {
  return `/p/${slug}/label/${image.id}?from=images&label=${was.label}`;
}

function actionsOf(
  review: ReviewState,
  labels: () => readonly Label[],
  slug: string,
  find: () => void,
): ReviewActions {
  return {
    relabel: (index) => {
      const label = labels()[index];
      if (label) review.relabel(label.id);
    },
    accept: () => {
      const hasAny = review.meant.length > 0;
      if (review.accept() === 0 && hasAny) toast("Nothing to accept: people made these.");
    },
    remove: () => void review.remove(),
    undo: () => {
      if (review.canUndo.peek() && review.undo() === 0) toast("Changed by somebody since: it stays.");
    },
    find: () => {
      if (review.meant.length > 0) find();
    },
    open: () => {
      const crop = review.crops.peek()[review.active.peek()];
      if (crop) navigate(addressOf(slug, crop));
    },
  };
}

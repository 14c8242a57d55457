import { useCallback, useMemo, useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Import, ImportReview } from "../../../api/types";
import { useProject } from "../../../app/project";
import { QuotaNote } from "../../../app/quotaNote";
import { useOwnPrimary } from "../../../app/shell/pagePrimary";
import { TASKS } from "../../../app/tasks";
import { Failed, Skeleton } from "../../../ui/states";
import { useLoaded } from "../../../ui/useLoaded";
import { FindingsPanel } from "../findings/findingsPanel";
import { ImportHead } from "../importHead";
import { labelColors } from "./colors";
import { decide } from "./decision";
import { useDraft } from "./draft";
import { FiguresPanel } from "./figuresPanel";
import { ImportBar } from "./importBar";
import { KnownPanel } from "./knownPanel";
import { LabelsPanel } from "./labelsPanel";
import type { Chosen } from "./mapping";
import { PicturesPanel } from "./picturesPanel";
import { ReadingPanel } from "./readingPanel";
import { SplitsPanel } from "./splitsPanel";

interface ReviewPageProps {
  from: Import;
  put: (one: Import) => void;
}

/** What would come in, before it does. */
export function ReviewPage({ from, put }: ReviewPageProps) {
  const review = useLoaded(`review-${from.id}`, (signal) =>
    api.get<ImportReview>(`imports/${from.id}/review/`, { signal }),
  );
  if (review.value) return <Review from={from} put={put} review={review.value} />;
  return (
    <main class="page" id="content" aria-busy={!review.error}>
      <div class="wrap stack">
        <ImportHead from={from} />
        {review.error ? <Failed error={review.error} retry={review.reload} /> : <Loading />}
      </div>
    </main>
  );
}

function Review({ from, put, review }: ReviewPageProps & { review: ImportReview }) {
  const { project, may } = useProject();
  const { labels, task, team } = project.value;
  const [draft, change] = useDraft(from.id);
  const [isUnread, setUnread] = useState(false);
  useOwnPrimary(true);
  const mayMakeNew = review.new_labels_allowed;
  const targets = useMemo(() => ({ labels, mayMakeNew }), [labels, mayMakeNew]);
  const choose = useCallback(
    (next: (chosen: Chosen) => Chosen) => change(({ chosen }) => ({ chosen: next(chosen) })),
    [change],
  );
  const colors = labelColors(review.labels, draft.chosen, targets);
  const decision = decide(review, draft, targets, TASKS[task].counted);
  const hasSplits = Object.values(review.splits).some((images) => images > 0);
  const mayDecide = may("annotator");
  return (
    <>
      <main class="page" id="content">
        <div class="wrap stack">
          <ImportHead from={from} />
          <QuotaNote team={team.slug} names={["images", "bytes"]} />
          <FiguresPanel review={review} />
          <div class="cols review-cols">
            <div class="stack">
              <PicturesPanel id={from.id} review={review} colors={colors} />
              {review.labels.length > 0 && (
                <LabelsPanel
                  labels={review.labels}
                  chosen={draft.chosen}
                  colors={colors}
                  targets={targets}
                  disabled={!mayDecide}
                  choose={choose}
                />
              )}
            </div>
            <div class="stack">
              <ReadingPanel
                from={from}
                formats={review.formats}
                disabled={!mayDecide}
                put={put}
                onUnread={setUnread}
              />
              {review.images.known > 0 && (
                <KnownPanel
                  images={review.images}
                  value={draft.onKnown}
                  disabled={!mayDecide}
                  onPick={(onKnown) => change(() => ({ onKnown }))}
                />
              )}
              {(hasSplits || review.groups > 0) && (
                <SplitsPanel
                  review={review}
                  checked={draft.splits}
                  disabled={!mayDecide}
                  onCheck={(splits) => change(() => ({ splits }))}
                />
              )}
              <FindingsPanel from={from} />
            </div>
          </div>
        </div>
      </main>
      <ImportBar id={from.id} decision={decision} isUnread={isUnread} mayDecide={mayDecide} put={put} />
    </>
  );
}

function Loading() {
  return (
    <>
      <span class="vh">Loading</span>
      <div class="panel import-wait">
        <Skeleton width="40%" height={24} />
      </div>
      <div class="cols review-cols">
        <div class="panel import-wait tall">
          <Skeleton width="70%" height={24} />
        </div>
        <div class="panel import-wait tall">
          <Skeleton width="70%" height={24} />
        </div>
      </div>
    </>
  );
}

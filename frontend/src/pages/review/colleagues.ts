/** What others do to the images whose crops are shown. */
import { api } from "../../api/client";
import type { EventStream } from "../../api/events";
import type { AnnotationState } from "../../api/types";
import type { ReviewState } from "./reviewState";

type Fetch = (image: number) => Promise<AnnotationState>;

const fetchState: Fetch = (image) => api.get<AnnotationState>(`images/${image}/annotations/`);

/** Until the answer is called. States are fetched one after the other: a bulk change tells of hundreds of images. */
export function followColleagues(
  review: ReviewState,
  events: Pick<EventStream, "on" | "onGap">,
  fetch: Fetch = fetchState,
): () => void {
  const waiting = new Set<number>();
  let isFetching = false;
  let isOver = false;
  const fetchAll = async (): Promise<void> => {
    if (isFetching) return;
    isFetching = true;
    for (const image of waiting) {
      waiting.delete(image);
      const state = await fetch(image).catch(() => null);
      if (isOver) return;
      if (state) review.takeOver(image, state);
    }
    isFetching = false;
  };
  const look = (images: readonly number[]): void => {
    for (const image of images) waiting.add(image);
    void fetchAll();
  };
  const ends = [
    events.on("image", ({ id, revision }) => {
      if (review.isBehind(id, revision)) look([id]);
    }),
    events.on("deleted", ({ ids }) => review.lose(ids)),
    events.onGap(() => look(review.images)),
  ];
  return () => {
    isOver = true;
    for (const end of ends) end();
  };
}

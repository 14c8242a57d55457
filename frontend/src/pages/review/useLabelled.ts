import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Labelled, Page } from "../../api/types";
import type { ReviewState } from "./reviewState";

export const ORDERS = {
  newest: "Newest",
  oldest: "Oldest",
  smallest: "Smallest",
  largest: "Largest",
  unsure: "Least sure",
  author: "Author",
} as const;
export type Order = keyof typeof ORDERS;

const A_PAGE = 100;

export interface LabelledList {
  readonly loaded: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  more(): void;
}

/** A label's annotations, page by page into the review; one request at a time. */
export function useLabelled(review: ReviewState, label: number, order: Order): LabelledList {
  const first = `labels/${label}/annotations/`;
  const [state, setState] = useState<{ next: string | null; error: unknown }>({ next: first, error: null });
  const next = useRef<string | null>(first);
  const isAsking = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const more = useCallback(async () => {
    const url = next.current;
    if (!url || isAsking.current) return;
    isAsking.current = true;
    try {
      const query = url === first ? { order, limit: A_PAGE } : {};
      const page = await api.get<Page<Labelled>>(url, { query });
      if (isGone.current) return;
      next.current = page.next;
      review.add(page.results);
      setState({ next: page.next, error: null });
    } catch (error) {
      if (!isGone.current) setState({ next: url, error });
    } finally {
      isAsking.current = false;
    }
  }, [review]);
  useEffect(() => void more(), [more]);
  return {
    loaded: state.next !== first,
    hasMore: state.next !== null,
    error: state.error,
    more: () => void more(),
  };
}

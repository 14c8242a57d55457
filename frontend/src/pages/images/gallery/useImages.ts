import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../../api/client";
import { fetchImages } from "../../../api/imageLists";
import type { Image, Page } from "../../../api/types";
import { useProject } from "../../../app/project";
import { applyEvent, type Filter, mergeHead } from "./list";

export interface ImageList {
  filter: Filter;
  images: Image[];
  /** null: not loaded yet. */
  loaded: boolean;
  hasMore: boolean;
  error: unknown;
  more(): void;
  /** Look again at what is shown, without losing the place. */
  refresh(): void;
  remove(ids: ReadonlySet<number>): void;
}

interface State {
  key: string;
  images: Image[];
  next: string | null;
  loaded: boolean;
  error: unknown;
}

const FIRST = 60;
const FURTHER = 100;
const MOST = 200;
const REFRESH_MS = 600;

/** Runs once, a moment after the first call; a stream of calls makes one run a moment, not none. */
function soon(run: () => void, milliseconds: number): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, milliseconds);
    },
    cancel: () => clearTimeout(timer),
  };
}

/** The filtered list, cursor page by cursor page, kept current by the project's events. */
export function useImages(filter: Filter): ImageList {
  const { project, events } = useProject();
  const id = project.value.id;
  const key = JSON.stringify([id, filter]);
  const [state, setState] = useState<State>({ key, images: [], next: null, loaded: false, error: null });
  const latest = useRef(state);
  latest.current = state;
  const loading = useRef(false);
  const askAgain = useRef(() => {});

  const put = useCallback(
    (part: (old: State) => Partial<State>) =>
      setState((old) => (old.key === key ? { ...old, ...part(old) } : old)),
    [key],
  );

  const loadFirst = useCallback(
    async (limit: number, signal?: AbortSignal) => {
      try {
        const page = await fetchImages(id, filter, { limit }, signal);
        put((old) => ({ ...mergeHead(page, old.images, old.next), loaded: true, error: null }));
      } catch (error) {
        if (!signal?.aborted) put(() => ({ error }));
      }
    },
    [key],
  );

  useEffect(() => {
    setState({ key, images: [], next: null, loaded: false, error: null });
    const abort = new AbortController();
    void loadFirst(FIRST, abort.signal);
    return () => abort.abort();
  }, [key]);

  const refresh = useCallback(() => {
    void loadFirst(Math.min(MOST, Math.max(FIRST, latest.current.images.length)));
  }, [loadFirst]);

  useEffect(() => {
    const again = soon(refresh, REFRESH_MS);
    askAgain.current = again.call;
    const ends = [
      events.on("image", (event) => {
        const isKnown = latest.current.images.some((image) => image.id === event.id);
        if (!isKnown && (filter.queue === "all" || filter.queue === event.queue)) again.call();
        put((old) => ({ images: applyEvent(old.images, event, filter.queue) }));
      }),
      events.on("claim", (event) =>
        put((old) => ({
          images: old.images.map((one) => (one.id === event.id ? { ...one, ...event } : one)),
        })),
      ),
      events.onGap(again.call),
    ];
    return () => {
      again.cancel();
      for (const end of ends) end();
    };
  }, [key, refresh]);

  const count = filter.queue === "all" ? project.value.counts.images : project.value.counts[filter.queue];
  const seenCount = useRef(count);
  useEffect(() => {
    if (count === seenCount.current) return;
    const grew = count > seenCount.current;
    seenCount.current = count;
    if (grew) askAgain.current();
  }, [count]);

  const more = useCallback(async () => {
    const { next } = latest.current;
    if (!next || loading.current) return;
    loading.current = true;
    try {
      const page = await api.get<Page<Image>>(next.replace(/limit=\d+/, `limit=${FURTHER}`));
      put((old) => {
        const known = new Set(old.images.map((image) => image.id));
        return {
          images: [...old.images, ...page.results.filter((image) => !known.has(image.id))],
          next: page.next,
        };
      });
    } catch (error) {
      put(() => ({ error }));
    } finally {
      loading.current = false;
    }
  }, [put]);

  const remove = useCallback(
    (ids: ReadonlySet<number>) =>
      put((old) => ({ images: old.images.filter((image) => !ids.has(image.id)) })),
    [put],
  );
  const current =
    state.key === key ? state : { ...state, images: [], next: null, loaded: false, error: null };
  return {
    filter,
    images: current.images,
    loaded: current.loaded,
    hasMore: current.next !== null,
    error: current.error,
    more,
    refresh,
    remove,
  };
}

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../../../api/client";
import { fetchImages, fetchPlace, type ImageFilter } from "../../../api/imageLists";
import type { Image, Page } from "../../../api/types";
import { useProject } from "../../../app/project";
import { userId } from "../../../app/session";
import { applyAssignment, applyEvent, mergeHead, without } from "./list";

export interface ImageList {
  filter: ImageFilter;
  images: Image[];
  /** The first page is here. */
  loaded: boolean;
  hasMore: boolean;
  /** Of the first image here in the whole list: 1, unless one jumped. */
  start: number;
  error: unknown;
  /** Changed in place; as it was left, where one comes back to the list. */
  readonly place: Place;
  more(): Promise<boolean>;
  /** What comes before the first image here. */
  less(): Promise<boolean>;
  /** Shows the list from a place on: 1 is its first image, -1 its last. Answers the place of
   * the first image that is here then; 0: it is shown as before. */
  jump(place: number): Promise<number>;
  /** Look again at what is shown, without losing the place. */
  refresh(): void;
  remove(ids: ReadonlySet<number>): void;
}

/** Where one is in the list: how far it is scrolled, in CSS pixels, and the image that the keys are at, from 1 on. */
interface Place {
  top: number;
  active: number;
}

/** The list that was left last, so that who comes back finds it, and the place in it, as it was. */
let left: { readonly state: State; readonly place: Place } | null = null;

interface State {
  key: string;
  images: Image[];
  next: string | null;
  start: number;
  loaded: boolean;
  error: unknown;
}

const FIRST = 60;
const FURTHER = 100;
const MOST = 200;
const REFRESH_MS = 600;

/** `call` runs `run` after `milliseconds`; calls until then are dropped. Frequent calls do not put it off. */
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

function emptyList(key: string): State {
  return { key, images: [], next: null, start: 1, loaded: false, error: null };
}

type Put = (part: (old: State) => Partial<State>) => void;

interface Loaded {
  readonly key: string;
  readonly state: State;
  readonly place: Place;
  /** The newest state, for what runs later. */
  readonly latest: { readonly current: State };
  /** Changes the state, unless another list is shown by now. */
  readonly put: Put;
  refresh(): void;
}

/** The list's head, anew whenever the project or the filter is another. */
function useHead(project: number, filter: ImageFilter): Loaded {
  const key = JSON.stringify([userId.peek(), project, filter]);
  const [state, setState] = useState<State>(() => (left?.state.key === key ? left.state : emptyList(key)));
  const place = useMemo<Place>(() => (left?.state.key === key ? left.place : { top: 0, active: 1 }), [key]);
  const latest = useRef(state);
  latest.current = state;
  const put = useCallback<Put>(
    (part) => setState((old) => (old.key === key ? { ...old, ...part(old) } : old)),
    [key],
  );
  const load = useCallback(
    async (limit: number, signal?: AbortSignal) => {
      try {
        const { start } = latest.current;
        const page = await fetchImages(
          project,
          filter,
          start > 1 ? { limit, place: start } : { limit },
          signal,
        );
        if (latest.current.start !== start) return;
        put((old) => ({ ...mergeHead(page, old.images, old.next), loaded: true, error: null }));
      } catch (error) {
        if (!signal?.aborted) put(() => ({ error }));
      }
    },
    [key],
  );
  const refresh = useCallback(
    (signal?: AbortSignal) =>
      void load(Math.min(MOST, Math.max(FIRST, latest.current.images.length)), signal),
    [load],
  );
  useEffect(() => {
    if (latest.current.key !== key) {
      latest.current = emptyList(key);
      setState(latest.current);
    }
    const abort = new AbortController();
    refresh(abort.signal);
    return () => {
      abort.abort();
      left = { state: latest.current, place };
    };
  }, [key]);
  return {
    ...{ key, state: state.key === key ? state : emptyList(key), place, latest, put },
    refresh: () => refresh(),
  };
}

/** Asks again when the project's events, or its counts, tell of images that the list does not know. */
function useNews({ key, latest, put, refresh }: Loaded, filter: ImageFilter): void {
  const { project, events } = useProject();
  const askAgain = useRef(() => {});
  useEffect(() => {
    const again = soon(refresh, REFRESH_MS);
    askAgain.current = again.call;
    const ends = [
      events.on("image", (event) => {
        const isKnown = latest.current.images.some((image) => image.id === event.id);
        if (!isKnown && (filter.queue === "all" || filter.queue === event.queue)) again.call();
        put((old) => ({ images: applyEvent(old.images, event, filter) }));
      }),
      events.on("claim", (event) =>
        put((old) => ({
          images: old.images.map((one) => (one.id === event.id ? { ...one, ...event } : one)),
        })),
      ),
      events.on("assigned", (event) =>
        put((old) => ({ images: applyAssignment(old.images, event, filter) })),
      ),
      events.on("deleted", ({ ids }) => put((old) => ({ images: without(old.images, new Set(ids)) }))),
      events.onGap(again.call),
    ];
    return () => {
      again.cancel();
      for (const end of ends) end();
    };
  }, [key, refresh]);

  const { counts } = project.value;
  const count = filter.queue === "all" ? counts.images : counts[filter.queue];
  const seenCount = useRef(count);
  useEffect(() => {
    if (count === seenCount.current) return;
    const grew = count > seenCount.current;
    seenCount.current = count;
    if (grew) askAgain.current();
  }, [count]);
}

/** The parts that are not here yet, one request at a time. */
function useParts({ latest, put }: Loaded, project: number, filter: ImageFilter) {
  const loading = useRef(false);
  return useMemo(() => {
    const once = async (load: () => Promise<Partial<State> | null>): Promise<boolean> => {
      if (loading.current) return false;
      loading.current = true;
      try {
        const part = await load();
        if (part) put(() => part);
        return part !== null;
      } catch (error) {
        put(() => ({ error }));
        return false;
      } finally {
        loading.current = false;
      }
    };
    const more = () =>
      once(async () => {
        const { next } = latest.current;
        if (!next) return null;
        const page = await api.get<Page<Image>>(next.replace(/limit=\d+/, `limit=${FURTHER}`));
        const { images } = latest.current;
        return { images: [...images, ...unknown(page.results, images)], next: page.next };
      });
    const less = () =>
      once(async () => {
        const { start, images: before } = latest.current;
        const [first] = before;
        if (start <= 1 || !first) return null;
        const page = await fetchImages(project, filter, { limit: FURTHER, before: first.id });
        const { images } = latest.current;
        const found = unknown(page.results, images).reverse();
        return { images: [...found, ...images], start: page.next ? Math.max(2, start - found.length) : 1 };
      });
    const jump = async (place: number) => {
      let first = 0;
      await once(async () => {
        const page = await fetchImages(project, filter, { limit: FIRST, place });
        const [head] = page.results;
        if (!head) return null;
        first = place > 0 ? place : ((await fetchPlace(head.id, filter)).place ?? 1);
        return { images: page.results, next: page.next, start: first, error: null };
      });
      return first;
    };
    return { more, less, jump };
  }, [put]);
}

function unknown(images: readonly Image[], known: readonly Image[]): Image[] {
  const ids = new Set(known.map(({ id }) => id));
  return images.filter(({ id }) => !ids.has(id));
}

/** The filtered list, cursor page by cursor page, kept current by the project's events. */
export function useImages(filter: ImageFilter): ImageList {
  const { project } = useProject();
  const loaded = useHead(project.value.id, filter);
  const { state, put, refresh } = loaded;
  useNews(loaded, filter);
  const parts = useParts(loaded, project.value.id, filter);
  const remove = useCallback(
    (ids: ReadonlySet<number>) => put((old) => ({ images: without(old.images, ids) })),
    [put],
  );
  const { images, error, next, start } = state;
  const { place } = loaded;
  return {
    filter,
    images,
    loaded: state.loaded,
    hasMore: next !== null,
    start,
    error,
    place,
    ...parts,
    refresh,
    remove,
  };
}

import { useEffect, useRef, useState } from "preact/hooks";
import { fetchPlace, type ImageFilter } from "../../api/imageLists";
import type { Image, ListPlace } from "../../api/types";
import { useProject } from "../../app/project";
import { userId } from "../../app/session";
import { toastError } from "../../ui/toast";
import type { ImageList } from "./gallery/useImages";

export interface Selection {
  readonly selected: ReadonlySet<number>;
  /** All that the filter finds is selected, also what was not loaded: so many images, or more. */
  readonly total: Pick<ListPlace, "total" | "has_more"> | null;
  clear(): void;
  /** Null where I may not select. */
  readonly select: ((image: Image, range: boolean) => void) | null;
  readonly add: ((images: readonly Image[]) => void) | null;
}

/** What was selected when the page was left. */
let left: { readonly key: string; readonly selected: ReadonlySet<number> } | null = null;

/** The selected images; none once the list shows something else. */
export function useSelection(
  project: number,
  filter: ImageFilter,
  list: ImageList,
  enabled: boolean,
): Selection {
  const key = JSON.stringify([userId.peek(), project, filter]);
  const [selected, setSelected] = useState<ReadonlySet<number>>(() =>
    left?.key === key ? left.selected : new Set(),
  );
  const [total, setTotal] = useState<Selection["total"]>(null);
  const shown = useRef(key);
  const anchor = useRef<number | null>(null);
  const put = (next: ReadonlySet<number>, all: Selection["total"] = null) => {
    setSelected(next);
    setTotal(all);
  };
  const clear = () => {
    anchor.current = null;
    put(new Set());
  };
  useEffect(() => {
    if (shown.current !== key) clear();
    shown.current = key;
  }, [key]);
  const latest = useRef(selected);
  latest.current = selected;
  useEffect(
    () => () => {
      left = { key, selected: latest.current };
    },
    [key],
  );
  const { events } = useProject();
  useEffect(
    () =>
      events.on("deleted", ({ ids }) => {
        if (ids.some((id) => latest.current.has(id)))
          put(new Set([...latest.current].filter((id) => !ids.includes(id))));
      }),
    [key],
  );
  const select = (image: Image, range: boolean) => {
    put(pick(selected, list.images, image, range ? anchor.current : null));
    anchor.current = image.id;
  };
  const add = (images: readonly Image[]) => put(new Set([...selected, ...images.map(({ id }) => id)]));
  const all = async () => {
    const first = list.images[0];
    if (!first) return;
    const found = list.hasMore || list.start > 1 ? await fetchPlace(first.id, filter) : null;
    if (shown.current === key) put(new Set(list.images.map(({ id }) => id)), found);
  };
  useSelectAll(enabled, () => all().catch(toastError));
  return { selected, total, clear, select: enabled ? select : null, add: enabled ? add : null };
}

/** Ctrl+A, or ⌘A, where it would not select text. */
function useSelectAll(enabled: boolean, all: () => void): void {
  const latest = useRef(all);
  latest.current = all;
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element &&
        event.target.closest("input[type='text'], input[type='search'], textarea, [role='dialog']");
      if (
        event.key.toLowerCase() !== "a" ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey ||
        isTyping
      )
        return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}

/** With Shift, everything between the last pick and this one. */
function pick(
  selected: ReadonlySet<number>,
  images: readonly Image[],
  image: Image,
  anchor: number | null,
): Set<number> {
  const next = new Set(selected);
  const to = images.indexOf(image);
  const from = anchor === null ? -1 : images.findIndex((one) => one.id === anchor);
  if (from >= 0) {
    for (const one of images.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one.id);
  } else if (!next.delete(image.id)) next.add(image.id);
  return next;
}

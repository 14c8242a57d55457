import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageFilter } from "../../api/imageLists";
import type { Image } from "../../api/types";
import { userId } from "../../app/session";
import type { ImageList } from "./gallery/useImages";

export interface Selection {
  readonly selected: ReadonlySet<number>;
  clear(): void;
  /** Null where I may not select. */
  readonly select: ((image: Image, range: boolean) => void) | null;
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
  const shown = useRef(key);
  const anchor = useRef<number | null>(null);
  const clear = () => {
    anchor.current = null;
    setSelected(new Set());
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
  const select = (image: Image, range: boolean) => {
    setSelected(pick(selected, list.images, image, range ? anchor.current : null));
    anchor.current = image.id;
  };
  return { selected, clear, select: enabled ? select : null };
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

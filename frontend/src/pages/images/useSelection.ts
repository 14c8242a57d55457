import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageFilter } from "../../api/imageLists";
import type { Image } from "../../api/types";
import type { ImageList } from "./gallery/useImages";

export interface Selection {
  readonly selected: ReadonlySet<number>;
  clear(): void;
  /** Null where I may not select. */
  readonly select: ((image: Image, range: boolean) => void) | null;
}

/** The selected images; none once the list shows something else. */
export function useSelection(filter: ImageFilter, list: ImageList, enabled: boolean): Selection {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const anchor = useRef<number | null>(null);
  const clear = () => {
    anchor.current = null;
    setSelected(new Set());
  };
  useEffect(clear, [JSON.stringify(filter)]);
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

import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Layout, neighbour, pageAway, type Row, rowOf } from "./layout";
import type { ImageList } from "./useImages";

const EDGE = 24; // px between a row and the lower edge that it was scrolled to
const LAST = 60; // images that End shows

/**
 * Arrows, Page, Home and End keys move the focus from tile to tile, also to one that is not drawn or loaded yet.
 * `active` is an index among the images that are here; it is kept as the place in the whole list, which stays when
 * images come in before.
 */
export function useArrowKeys(scroller: RefObject<HTMLElement | null>, layout: Layout, list: ImageList) {
  const { place, start } = list;
  const count = list.images.length;
  const [at, setAt] = useState(place.active);
  place.active = at;
  const active = at - start;
  /** The place of a tile to focus once it is drawn. */
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current !== at) return;
    const link = scroller.current?.querySelector<HTMLElement>(`a[data-index="${active}"]`);
    if (!link) {
      const row = layout.rows[rowOf(layout, active)];
      if (row && scroller.current) scrollTo(scroller.current, row);
      return;
    }
    wanted.current = null;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
  });
  const focusOn = (place: number) => {
    wanted.current = place;
    setAt(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const height = scroller.current?.clientHeight ?? 0;
    const next = nextIndex(event, active, count, layout, height);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.key === "Home" && start > 1) return void list.jump(1).then((first) => first && focusOn(first));
    if (event.key === "End" && list.hasMore) {
      return void list.jump(-LAST).then((first) => first && focusOn(first + LAST - 1));
    }
    focusOn(start + next);
    const row = layout.rows[rowOf(layout, next)];
    if (row && scroller.current) scrollTo(scroller.current, row);
  };
  const setActive = useCallback((index: number) => setAt(start + index), [start]);
  return { active, setActive, setAt, onKeyDown };
}

function scrollTo(element: HTMLElement, { top, height }: Row): void {
  const bottom = top + height;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) {
    element.scrollTop = bottom - element.clientHeight + EDGE;
  }
}

function nextIndex(
  event: KeyboardEvent,
  at: number,
  count: number,
  layout: Layout,
  height: number,
): number | null {
  switch (event.key) {
    case "ArrowRight":
      return Math.min(count - 1, at + 1);
    case "ArrowLeft":
      return Math.max(0, at - 1);
    case "ArrowDown":
      return neighbour(layout, at, 1);
    case "ArrowUp":
      return neighbour(layout, at, -1);
    case "PageDown":
      return pageAway(layout, at, 1, height);
    case "PageUp":
      return pageAway(layout, at, -1, height);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

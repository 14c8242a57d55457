import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Layout, neighbour, type Row } from "./layout";

const EDGE = 24; // px between a row and the lower edge that it was scrolled to

/** Arrows, Home and End move the focus from tile to tile, also to one that is not drawn yet. */
export function useArrowKeys(
  scroller: RefObject<HTMLElement | null>,
  layout: Layout,
  count: number,
  place: { active: number },
) {
  const [active, setActive] = useState(place.active);
  place.active = active;
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const link = scroller.current?.querySelector<HTMLElement>(`a[data-index="${active}"]`);
    if (!link) return;
    wantsFocus.current = false;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextIndex(event, active, count, layout);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    wantsFocus.current = true;
    setActive(next);
    const row = layout.rows.find((one) => one.tiles.some((tile) => tile.index === next));
    if (row && scroller.current) scrollTo(scroller.current, row);
  };
  return { active, setActive, onKeyDown };
}

function scrollTo(element: HTMLElement, { top, height }: Row): void {
  const bottom = top + height;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) {
    element.scrollTop = bottom - element.clientHeight + EDGE;
  }
}

function nextIndex(event: KeyboardEvent, at: number, count: number, layout: Layout): number | null {
  switch (event.key) {
    case "ArrowRight":
      return Math.min(count - 1, at + 1);
    case "ArrowLeft":
      return Math.max(0, at - 1);
    case "ArrowDown":
      return neighbour(layout, at, 1);
    case "ArrowUp":
      return neighbour(layout, at, -1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

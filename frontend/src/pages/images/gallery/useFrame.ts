import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Area, type Layout, tilesWithin } from "./layout";

const SLACK = 6; // px that a click may slip before it draws a frame
const EDGE = 32; // px from the upper and lower end at which the list scrolls along
const STEP = 16; // px a movement there

type Frame = Record<"left" | "top" | "width" | "height", number>;

/** A frame drawn with the mouse over the tiles: what it touches is picked. A finger scrolls. */
export function useFrame(
  scroller: RefObject<HTMLElement | null>,
  layout: Layout,
  pick: ((indexes: number[]) => void) | null,
): Frame | null {
  const [area, setArea] = useState<Area | null>(null);
  const latest = useRef({ layout, pick });
  latest.current = { layout, pick };
  const enabled = pick !== null;
  useEffect(() => {
    const element = scroller.current;
    if (!element || !enabled) return;
    return followFrame(element, setArea, (found) => {
      const { layout, pick } = latest.current;
      pick?.(tilesWithin(layout, found));
    });
  }, [enabled]);
  return (
    area && { left: area.left, top: area.top, width: area.right - area.left, height: area.bottom - area.top }
  );
}

function followFrame(
  element: HTMLElement,
  show: (area: Area | null) => void,
  end: (area: Area) => void,
): () => void {
  let start: { x: number; y: number } | null = null;
  let drawn: Area | null = null;
  const place = (event: PointerEvent) => {
    const origin = element.querySelector(".tiles")?.getBoundingClientRect();
    return { x: event.clientX - (origin?.left ?? 0), y: event.clientY - (origin?.top ?? 0) };
  };
  const onDown = (event: PointerEvent) => {
    const isFree = event.target instanceof Element && !event.target.closest("input, button");
    const isBar = event.offsetX > element.clientWidth && event.target === element;
    if (event.pointerType !== "mouse" || event.button !== 0 || !isFree || isBar) return;
    start = place(event);
  };
  const onMove = (event: PointerEvent) => {
    if (!start) return;
    const to = place(event);
    if (!drawn && Math.hypot(to.x - start.x, to.y - start.y) < SLACK) return;
    drawn = {
      left: Math.min(start.x, to.x),
      top: Math.min(start.y, to.y),
      right: Math.max(start.x, to.x),
      bottom: Math.max(start.y, to.y),
    };
    const { top, bottom } = element.getBoundingClientRect();
    if (event.clientY < top + EDGE) element.scrollTop -= STEP;
    if (event.clientY > bottom - EDGE) element.scrollTop += STEP;
    show(drawn);
  };
  const stop = () => {
    start = null;
    drawn = null;
    show(null);
  };
  const onUp = () => {
    if (drawn) {
      end(drawn);
      // The click that follows opens no tile; where none follows, the next one does again.
      const swallow = (event: MouseEvent) => event.preventDefault();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    }
    if (start) stop();
  };
  const onKey = (event: KeyboardEvent) => event.key === "Escape" && start && stop();
  element.addEventListener("pointerdown", onDown);
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", stop);
  addEventListener("keydown", onKey);
  return () => {
    element.removeEventListener("pointerdown", onDown);
    removeEventListener("pointermove", onMove);
    removeEventListener("pointerup", onUp);
    removeEventListener("pointercancel", stop);
    removeEventListener("keydown", onKey);
  };
}

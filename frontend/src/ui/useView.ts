import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** What of a scroller is seen, in CSS pixels: the room inside its padding, and how far it is scrolled. */
interface View {
  width: number;
  height: number;
  top: number;
}

export function useView(): { scroller: RefObject<HTMLDivElement | null>; view: View } {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ width: 0, height: 0, top: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const style = getComputedStyle(element);
      const inner =
        element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      setView({ width: inner, height: element.clientHeight, top: element.scrollTop });
    };
    const scrolled = () => setView((view) => ({ ...view, top: element.scrollTop }));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", scrolled, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, []);
  return { scroller, view };
}

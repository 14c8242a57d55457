/** Arrows walk the history while one looks at it, and Escape goes back; all other keys are the workbench's. */
import { useEffect } from "preact/hooks";
import type { ImageHistory } from "./historyState";

const WALKS: Record<string, 1 | -1> = { ArrowDown: 1, ArrowLeft: 1, ArrowUp: -1, ArrowRight: -1 };

export function useHistoryKeys(
  history: ImageHistory,
  panel: { current: HTMLElement | null },
  close: () => void,
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      const isOpen = history.chosen.peek() !== null;
      const isInside = target instanceof Node && panel.current?.contains(target) === true;
      const isElsewhere =
        target instanceof Element && target.closest("[role='dialog'], [role='menu'], input");
      if ((!isOpen && !isInside) || isElsewhere || event.ctrlKey || event.altKey || event.metaKey) return;
      const by = WALKS[event.key];
      if (!by && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (by) void history.walk(by).then(() => show(panel.current));
      else if (isOpen) history.look(null);
      else close();
    };
    // Before the stage's own keys, which would move a box or leaf.
    addEventListener("keydown", onKeyDown, true);
    return () => removeEventListener("keydown", onKeyDown, true);
  }, []);
}

/** The line that is looked at gets the focus, so that it is read out and in sight. */
function show(panel: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const on = panel?.querySelector<HTMLElement>(".history-entry[aria-current='true']");
    (on ?? panel)?.focus({ preventScroll: !on });
  });
}

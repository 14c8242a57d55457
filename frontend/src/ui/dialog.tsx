import type { ComponentChildren } from "preact";
import { createPortal } from "preact/compat";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "./button";

const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, [tabindex='0']";

interface DialogProps {
  /** The deed: "Delete 3 images". */
  title: string;
  close: () => void;
  children: ComponentChildren;
  /** The safe way out first, then the deed repeated on the button. */
  footer?: ComponentChildren;
  wide?: boolean;
}

function trap(event: KeyboardEvent, box: HTMLElement): void {
  const stops = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.offsetParent !== null,
  );
  const first = stops[0];
  const last = stops.at(-1);
  if (!first || !last) return;
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first.focus();
  }
}

/** Modal: focus stays inside, Escape and the scrim close it, focus goes back to where it was. */
export function Dialog({ title, close, children, footer, wide = false }: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const wanted = box.current?.querySelector<HTMLElement>("[autofocus], .body input, .body select");
    (wanted ?? box.current)?.focus();
    return () => before?.focus?.();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Tab" && box.current) trap(event, box.current);
  };
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the dialog closes it; Escape does for keys
    <div
      class="scrim"
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.target === event.currentTarget && close()}
    >
      <div
        ref={box}
        class={wide ? "dialog wide" : "dialog"}
        role="dialog"
        aria-modal="true"
        aria-labelledby={titleId}
        tabIndex={-1}
      >
        <header>
          <h2 class="grow" id={titleId}>
            {title}
          </h2>
          <IconButton icon="x" label="Close" onClick={close} />
        </header>
        {children}
        {footer && <footer>{footer}</footer>}
      </div>
    </div>,
    document.body,
  );
}

import { useEffect, useRef } from "preact/hooks";
import { apiUrl } from "../../api/client";
import type { Queue } from "../../api/types";
import { Avatar } from "../../ui/avatar";
import { Icon, type IconName } from "../../ui/icons";
import type { Frame } from "./filmstripFrames";
import { QUEUE_NAMES } from "./queues";
import type { WalkRoute } from "./walkRoute";

const HEIGHT = 56;

const SIGNS: Record<Queue, IconName | null> = {
  unlabelled: null,
  labelled: "check",
  review: "eye",
  done: "check",
  skipped: "skip",
};

/** Left and right walk the strip; only the image on the screen is a tab stop. */
function onArrow(event: KeyboardEvent): void {
  const by = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key] as
    | "nextElementSibling"
    | undefined;
  if (!by) return;
  event.preventDefault();
  (document.activeElement?.[by] as HTMLElement | null)?.focus();
}

export function Filmstrip({ route }: { route: WalkRoute }) {
  const strip = useRef<HTMLElement>(null);
  const frames = route.surroundings.frames.value;
  const here = frames.find(({ isHere }) => isHere)?.id;
  useEffect(() => {
    const current = strip.current?.querySelector<HTMLElement>("[aria-current]");
    if (strip.current && current) {
      strip.current.scrollLeft = current.offsetLeft - strip.current.clientWidth / 2 + current.offsetWidth / 2;
    }
  }, [here]);
  if (frames.length === 0) return null;
  return (
    <nav
      ref={strip}
      class="filmstrip desk-only"
      aria-label="Images of this queue"
      data-testid="filmstrip"
      onKeyDown={onArrow}
    >
      {frames.map((frame) => (
        <Thumbnail key={frame.id} frame={frame} href={route.address(frame.id)} />
      ))}
    </nav>
  );
}

function Thumbnail({ frame, href }: { frame: Frame; href: string }) {
  const { id, name, shape, queue, isDraft, holder, isHere } = frame;
  const sign = isDraft ? "box" : queue && SIGNS[queue];
  const state = isDraft ? "draft" : queue && queue !== "unlabelled" && QUEUE_NAMES[queue].name.toLowerCase();
  const said = [name, state, holder && `held by ${holder.name}`].filter(Boolean).join(", ");
  return (
    <a
      href={href}
      class="filmstrip-frame"
      aria-label={said}
      title={said}
      aria-current={isHere ? "true" : undefined}
      tabIndex={isHere ? 0 : -1}
      style={{ width: Math.round(Math.min(Math.max(shape ?? 1.4, 0.5), 2.2) * HEIGHT) }}
    >
      <img
        src={apiUrl(`images/${id}/thumbnail/?height=${2 * HEIGHT}`)}
        alt=""
        loading="lazy"
        draggable={false}
      />
      {sign && (
        <span class="filmstrip-sign">
          <Icon name={sign} />
        </span>
      )}
      {holder && (
        <span class="filmstrip-holder">
          <Avatar person={holder} decorative />
        </span>
      )}
    </a>
  );
}

import { useEffect, useRef } from "preact/hooks";
import type { Run } from "../../api/types";
import { counted } from "../../ui/figures";
import { isLive } from "./runProgress";
import { useLog } from "./useLog";

const NEAR_END = 24; // px: closer than this, new lines keep the end in view

/** The run's log; it follows the end until one scrolls up. */
export function LogPanel({ run }: { run: Run }) {
  const lines = useLog(run.id, isLive(run.status));
  const room = useRef<HTMLElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (room.current && follows.current) room.current.scrollTop = room.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const element = room.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
  };
  return (
    <section class="panel" aria-label="Log">
      <header>
        <h2 class="grow">Log</h2>
        <span class="small faint log-count">{counted(lines.length, "line")}</span>
      </header>
      <div class="body">
        <section
          class="log"
          ref={room}
          onScroll={onScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label="Log lines"
          data-testid="run-log"
        >
          <pre>
            {lines.length === 0
              ? "Nothing yet."
              : lines.map((line) => logLine(line.created_at, line.text)).join("\n")}
          </pre>
        </section>
      </div>
    </section>
  );
}

function logLine(iso: string, text: string): string {
  const time = new Date(iso);
  return `${Number.isNaN(time.getTime()) ? "" : time.toLocaleTimeString("en-GB")}  ${text}`;
}

import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client";
import type { LogLine } from "../../api/types";

const POLL_MS = 1500;
const KEPT = 1000;

/** A run's last log lines; asks for new ones while it is live, and once more when it ends. */
export function useLog(run: number, isLive: boolean): LogLine[] {
  const [lines, setLines] = useState<LogLine[]>([]);
  useEffect(() => setLines([]), [run]);
  useEffect(() => {
    const abort = new AbortController();
    let last = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const answer = await api.get<{ lines: LogLine[] }>(`runs/${run}/log/`, {
        query: { after: last },
        signal: abort.signal,
      });
      if (abort.signal.aborted || answer.lines.length === 0) return;
      last = answer.lines.at(-1)?.n ?? last;
      setLines((known) => withLines(known, answer.lines));
    };
    const tick = () => {
      ask()
        .catch(() => {}) // the next tick asks again
        .finally(() => {
          if (isLive && !abort.signal.aborted) timer = setTimeout(tick, POLL_MS);
        });
    };
    tick();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [run, isLive]);
  return lines;
}

function withLines(known: LogLine[], arrived: LogLine[]): LogLine[] {
  const last = known.at(-1)?.n ?? 0;
  return [...known, ...arrived.filter((line) => line.n > last)].slice(-KEPT);
}

import { useEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../../../api/types";
import { secondsLeft } from "../runProgress";

/** The engine's estimate, counted down each second between its messages. */
export function useSecondsLeft(run: Run): number | null {
  const heard = useRef({ eta: run.eta_seconds, step: "", at: Date.now() });
  const step = `${run.epoch}/${run.step}`;
  if (heard.current.eta !== run.eta_seconds || heard.current.step !== step) {
    heard.current = { eta: run.eta_seconds, step, at: Date.now() };
  }
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return secondsLeft(run.eta_seconds, heard.current.at, Date.now());
}

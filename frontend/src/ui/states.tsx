import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, OfflineError, sentence } from "../api/errors";
import { Button, ButtonLink } from "./button";

interface EmptyProps {
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  drawing?: ComponentChildren;
}

/** One drawing, one sentence, the primary action in the middle. */
export function Empty({ title, children, actions, drawing }: EmptyProps) {
  return (
    <div class="void">
      {drawing}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div class="acts">{actions}</div>}
    </div>
  );
}

const RETRY_SECONDS = 10;

/** Counts down to the next try by itself, and tries at once when the network is back. */
function useRetry(retry: () => void, enabled: boolean): number {
  const [left, setLeft] = useState(RETRY_SECONDS);
  useEffect(() => {
    if (!enabled) return;
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      removeEventListener("online", retry);
    };
  }, [enabled]);
  useEffect(() => {
    if (!enabled || left > 0) return;
    setLeft(RETRY_SECONDS);
    retry();
  }, [enabled, left]);
  return left;
}

function isPassing(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof ApiError && error.status >= 500);
}

/** What failed, that nothing is lost, and another try. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const missing = error instanceof ApiError && error.status === 404;
  const passing = retry !== undefined && isPassing(error);
  const left = useRetry(retry ?? (() => {}), passing);
  return (
    <div class="void">
      <div role="alert">
        <h2>{missing ? "Not found" : "This did not load"}</h2>
        <p>
          {sentence(error)} {passing && "Nothing is lost."}
        </p>
      </div>
      <div class="acts">
        {missing && <ButtonLink href="/">All projects</ButtonLink>}
        {retry && !missing && <Button onClick={retry}>Try again</Button>}
      </div>
      {passing && <p class="small faint">Trying again in {left} s</p>}
    </div>
  );
}

export function PageError({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <main class="page row">
      <Failed error={error} retry={retry} />
    </main>
  );
}

export function PageLoading() {
  return (
    <main class="page" aria-busy="true">
      <span class="vh">Loading</span>
    </main>
  );
}

export function Skeleton({ width, height = 10 }: { width: number | string; height?: number }) {
  return <span class="sk t late" style={{ width, height }} aria-hidden="true" />;
}

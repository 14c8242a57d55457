import type { ComponentChildren } from "preact";
import { ApiError, sentence } from "../api/errors";
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

/** What failed, that nothing is lost, and another try. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div class="void" role="alert">
      <h2>{missing ? "Not found" : "This did not load"}</h2>
      <p>{sentence(error)}</p>
      <div class="acts">
        {missing && <ButtonLink href="/">All projects</ButtonLink>}
        {retry && !missing && <Button onClick={retry}>Try again</Button>}
      </div>
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

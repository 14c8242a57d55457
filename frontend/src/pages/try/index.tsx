import { api } from "../../api/client";
import { ApiError, sentence } from "../../api/errors";
import type { Tried } from "../../api/types";
import { useLinkSecret } from "../../app/linkSecret";
import { GateShell } from "../../app/shell/gateShell";
import { ThemeToggle } from "../../app/shell/person";
import { useTitle } from "../../app/title";
import TryArea from "../../training/tryit/tryArea";
import { Button } from "../../ui/button";
import { until } from "../../ui/figures";
import { LABEL_COLORS } from "../../ui/label";
import { Logo } from "../../ui/logo";
import { PageLoading } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";
import "../../training/picture.css";
import "../../training/training.css";
import "../../training/tryit/tryit.css";
import "./try.css";

/** A model to try, for whoever has its link. */
export default function Try() {
  useTitle("Try a model");
  const token = useLinkSecret();
  const { value, error, reload } = useLoaded(token, () => api.post<Tried>("try/", { token }, { retries: 2 }));
  if (error) return <TryFailed error={error} retry={reload} />;
  if (!value) return <PageLoading />;
  return (
    <main class="page try-page" id="content">
      <div class="wrap">
        <header class="row try-head">
          <span class="mark" role="img" aria-label="Boxwright">
            <Logo />
          </span>
          <h1 class="grow">Try a model</h1>
          <ThemeToggle />
        </header>
        <p class="dim">
          It runs in this browser on your pictures or your camera. Nothing is uploaded. The link ends{" "}
          {until(value.expires_at)}.
        </p>
        <section class="panel" aria-label="Try it">
          <TryArea folder={value.folder} sha256={value.sha256} colorOf={colorOf} />
        </section>
      </div>
    </main>
  );
}

/** The labels' own colours are the project's. */
function colorOf(label: string, labels: readonly string[]): string {
  return LABEL_COLORS[Math.max(0, labels.indexOf(label)) % LABEL_COLORS.length]!;
}

function TryFailed({ error, retry }: { error: unknown; retry: () => void }) {
  const gone = error instanceof ApiError && [400, 404].includes(error.status);
  if (gone)
    return (
      <GateShell
        title="This link does not work"
        lead="It has ended or was revoked, or its address is not whole. Ask whoever sent it for a new one."
      >
        {null}
      </GateShell>
    );
  return (
    <GateShell title="The model did not load" lead={sentence(error)}>
      <Button onClick={retry}>Try again</Button>
    </GateShell>
  );
}

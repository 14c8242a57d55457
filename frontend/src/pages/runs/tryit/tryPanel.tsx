import { useState } from "preact/hooks";
import type { Artifact, Run } from "../../../api/types";
import { lazy } from "../../../app/lazy";
import { Button } from "../../../ui/button";
import { useArtifacts } from "../artifacts/useArtifacts";

const TryArea = lazy(() => import("./tryArea"));

/** The TF.js artifact of the run, tried in this browser as it is published. */
export function TryPanel({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false);
  const artifact = published(useArtifacts(run.id).artifacts ?? []);
  if (!artifact) return null;
  return (
    <section class="panel test-split" aria-label="Try it" data-testid="try-panel">
      <header class="wraps">
        <h2>Try it</h2>
        <p class="small faint grow">
          The published TF.js model, run in this browser on your pictures or your camera. Nothing is uploaded.
        </p>
        {!isOpen && (
          <Button size="sm" onClick={() => setOpen(true)} data-testid="try-open">
            Try it here
          </Button>
        )}
      </header>
      {isOpen && <TryArea artifact={artifact} key={artifact.sha256} />}
    </section>
  );
}

/** The one in full precision where there is one. */
function published(artifacts: readonly Artifact[]): Artifact | null {
  const made = artifacts.filter(({ target, status }) => target === "tfjs" && status === "succeeded");
  return made.find(({ quantization }) => quantization === "none") ?? made[0] ?? null;
}

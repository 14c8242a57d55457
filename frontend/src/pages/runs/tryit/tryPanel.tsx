import { useState } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import type { Artifact, Run } from "../../../api/types";
import { lazy } from "../../../app/lazy";
import { useProject } from "../../../app/project";
import { Button } from "../../../ui/button";
import { useArtifacts } from "../artifacts/useArtifacts";
import { useLabelColors } from "../result/useLabelColors";
import { QueueButton } from "./queueButton";
import { ShareDialog } from "./shareDialog";

const TryArea = lazy(() => import("../../../training/tryit/tryArea"));

/** The TF.js artifact of the run, tried in this browser as it is published. */
export function TryPanel({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false);
  const [isSharing, setSharing] = useState(false);
  const { may } = useProject();
  const colorOf = useLabelColors();
  const artifact = published(useArtifacts(run.id).artifacts ?? []);
  if (!artifact) return null;
  return (
    <section class="panel test-split" aria-label="Try it" data-testid="try-panel">
      <header class="wraps">
        <h2>Try it</h2>
        <p class="small faint grow">
          The published TF.js model, run in this browser on your pictures or your camera. Nothing is uploaded.
        </p>
        {may("manager") && (
          <Button size="sm" icon="link" onClick={() => setSharing(true)} data-testid="try-share">
            On a phone
          </Button>
        )}
        {!isOpen && (
          <Button size="sm" onClick={() => setOpen(true)} data-testid="try-open">
            Try it here
          </Button>
        )}
      </header>
      {isOpen && (
        <TryArea
          key={artifact.sha256}
          folder={apiUrl(`artifacts/${artifact.id}/files/`)}
          sha256={artifact.sha256}
          colorOf={colorOf}
          act={(shown) => <QueueButton artifact={artifact} shown={shown} />}
        />
      )}
      {isSharing && <ShareDialog artifact={artifact} close={() => setSharing(false)} />}
    </section>
  );
}

/** The one in full precision where there is one. */
function published(artifacts: readonly Artifact[]): Artifact | null {
  const made = artifacts.filter(({ target, status }) => target === "tfjs" && status === "succeeded");
  return made.find(({ quantization }) => quantization === "none") ?? made[0] ?? null;
}

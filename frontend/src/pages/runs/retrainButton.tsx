import { useState } from "preact/hooks";
import type { Run } from "../../api/types";
import { useProject } from "../../app/project";
import { useOwnPrimary } from "../../app/shell/pagePrimary";
import { Button } from "../../ui/button";
import { counted } from "../../ui/figures";
import { toastError } from "../../ui/toast";
import { retrain } from "./actions";
import { useFreshImages } from "./useFreshImages";

/** One click: a snapshot of what is labelled now, the last config, the last checkpoint. Primary when there is news. */
export function RetrainButton({ run, onStarted }: { run: Run; onStarted: (run: Run) => void }) {
  const { project } = useProject();
  const [isBusy, setBusy] = useState(false);
  const fresh = useFreshImages(run);
  useOwnPrimary(fresh > 0);
  const go = () => {
    setBusy(true);
    retrain(project.value.id)
      .then(onStarted, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <Button
      look={fresh > 0 ? "primary" : "normal"}
      icon={fresh > 0 ? undefined : "redo"}
      busy={isBusy}
      onClick={go}
      data-testid="retrain"
      title="New snapshot, same settings, from the last checkpoint"
    >
      {isBusy ? "Starting" : retrainText(fresh, run.snapshot.number)}
    </Button>
  );
}

function retrainText(fresh: number, snapshot: number): string {
  return fresh > 0 ? `Retrain: ${counted(fresh, "new image")} since v${snapshot}` : "Retrain";
}

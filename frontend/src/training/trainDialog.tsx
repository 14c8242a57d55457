import type { Run, Snapshot } from "../api/types";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TrainCost } from "./trainCost";
import { TrainFields } from "./trainFields";
import { useStart } from "./useStart";
import { useTrainChoice } from "./useTrainChoice";

interface TrainDialogProps {
  /** Train on this one; null offers "Now" and all of them. */
  snapshot: Snapshot | null;
  close: () => void;
  onStarted: (run: Run) => void;
}

/** Which snapshot, which model, from where, and what it will cost. */
export function TrainDialog({ snapshot, close, onStarted }: TrainDialogProps) {
  const choice = useTrainChoice(snapshot);
  const { form, snapshotId, isReady, lacksWord } = choice;
  const { doing, fault, start } = useStart(onStarted);
  return (
    <Dialog
      title="Train"
      close={close}
      footer={
        <>
          <Button look="quiet" size="lg" onClick={close}>
            Cancel
          </Button>
          <Button
            look="primary"
            size="lg"
            busy={doing !== ""}
            disabled={!isReady || lacksWord}
            onClick={() => form && void start(form, snapshotId)}
            data-testid="train-start"
          >
            {doing || "Train"}
          </Button>
        </>
      }
    >
      <div class="body">
        {!form && <p class="dim">Loading the models.</p>}
        {form && (
          <>
            <TrainFields choice={choice} form={form} />
            <TrainCost form={form} snapshot={snapshotId} isReady={isReady} />
          </>
        )}
        {fault && (
          <p class="bad" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

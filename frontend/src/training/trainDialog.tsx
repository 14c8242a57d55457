import { useMemo, useState } from "preact/hooks";
import type { Run, Snapshot } from "../api/types";
import { useProject } from "../app/project";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { hasChanged, sinceSnapshot } from "./sinceSnapshot";
import { TrainCost } from "./trainCost";
import { TrainFields } from "./trainFields";
import { formErrors, formFor, modelsFor, needsWord, type TrainForm } from "./trainForm";
import { useBases } from "./useBases";
import { useModels } from "./useModels";
import { useSnapshots } from "./useSnapshots";
import { useStart } from "./useStart";
import { isWhole } from "./wholeSnapshot";

interface TrainDialogProps {
  /** Train on this one; null offers "Now" and all of them. */
  snapshot: Snapshot | null;
  close: () => void;
  onStarted: (run: Run) => void;
}

/** Which snapshot, which model, from where, and what it will cost. */
export function TrainDialog({ snapshot, close, onStarted }: TrainDialogProps) {
  const { project, counts } = useProject();
  const { snapshots } = useSnapshots();
  const bases = useBases();
  const catalogue = useModels();
  const models = useMemo(
    () => modelsFor(catalogue ?? [], project.value.task),
    [catalogue, project.value.task],
  );
  const frozen = (snapshots ?? []).filter((one) => one.status === "succeeded" && isWhole(one));
  const isNowNew = frozen.length === 0 || hasChanged(sinceSnapshot(counts.value, frozen[0] ?? null));
  const [picked, setPicked] = useState<string | null>(snapshot ? String(snapshot.id) : null);
  const on = picked ?? (isNowNew ? "now" : String(frozen[0]?.id));
  const [edited, setEdited] = useState<TrainForm | null>(null);
  const first = models[0];
  const form = edited ?? (first ? formFor(first) : null);
  const { doing, fault, start } = useStart(onStarted);
  const snapshotId = on === "now" ? null : Number(on);
  const isReady = form !== null && snapshots !== null && Object.keys(formErrors(form)).length === 0;
  const model = models.find((one) => one.name === form?.model);
  const lacksWord = form && model && needsWord(form, model) && !form.acceptLicence;
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
            disabled={!isReady || lacksWord === true}
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
            <TrainFields
              form={form}
              models={models}
              bases={bases ?? []}
              snapshots={frozen}
              snapshot={on}
              onSnapshot={setPicked}
              onForm={setEdited}
            />
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

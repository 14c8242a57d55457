import { useState } from "preact/hooks";
import type { Sweep } from "../../../api/types";
import { TrainFields } from "../../../training/trainFields";
import { requestOf } from "../../../training/trainForm";
import { useTrainChoice } from "../../../training/useTrainChoice";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Check, TextField } from "../../../ui/field";
import { counted } from "../../../ui/figures";
import { AxisFields } from "./axisFields";
import { SweepCost } from "./sweepCost";
import { type AxisLine, axesFault, axesOf, runCount } from "./sweepForm";
import { useStartSweep } from "./useStartSweep";

interface SweepDialogProps {
  close: () => void;
  onStarted: (sweep: Sweep) => void;
}

/** Which settings are compared over which values, what all runs share, and what it will cost. */
export function SweepDialog({ close, onStarted }: SweepDialogProps) {
  const choice = useTrainChoice(null);
  const { form, models, bases, files, snapshotId, isReady } = choice;
  const [lines, setLines] = useState<AxisLine[]>([{ key: "freeze", words: "none trunk" }]);
  const [name, setName] = useState("");
  const [stopHopeless, setStopHopeless] = useState(false);
  const [hasSlots, setHasSlots] = useState(true);
  const { doing, fault, start } = useStartSweep(onStarted);
  const wrong = axesFault(lines);
  const plan = form && isReady && !wrong ? { ...requestOf(form), axes: axesOf(lines) } : null;
  const request = { ...plan, name, stop_hopeless: stopHopeless };
  return (
    <Dialog
      title="Compare settings"
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
            disabled={!plan || !hasSlots}
            onClick={() => plan && void start(request, snapshotId)}
            data-testid="sweep-start"
          >
            {doing || (plan ? `Train ${counted(runCount(lines), "run")}` : "Train")}
          </Button>
        </>
      }
    >
      <div class="body">
        {!form && <p class="dim">Loading the models.</p>}
        {form && (
          <>
            <AxisFields
              lines={lines}
              models={models}
              bases={bases}
              files={files.list ?? []}
              onLines={setLines}
            />
            {wrong && (
              <p class="bad" role="alert">
                {wrong}
              </p>
            )}
            <SweepCost
              plan={plan && { ...plan, ...(snapshotId === null ? {} : { snapshot: snapshotId }) }}
              onSlots={setHasSlots}
            />
            <p class="small dim">What is not compared is the same for all runs:</p>
            <TrainFields choice={choice} form={form} />
            <TextField
              label="Name"
              value={name}
              placeholder="its settings"
              onText={setName}
              maxLength={100}
            />
            <Check checked={stopHopeless} onCheck={setStopHopeless}>
              Stop runs that stay below the median of the others
            </Check>
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

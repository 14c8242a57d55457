import { useMemo, useState } from "preact/hooks";
import type { Sweep } from "../../../api/types";
import { useProject } from "../../../app/project";
import { hasChanged, sinceSnapshot } from "../../../training/sinceSnapshot";
import { TrainFields } from "../../../training/trainFields";
import { formErrors, formFor, modelsFor, requestOf, type TrainForm } from "../../../training/trainForm";
import { useBases } from "../../../training/useBases";
import { useModels } from "../../../training/useModels";
import { useSnapshots } from "../../../training/useSnapshots";
import { isWhole } from "../../../training/wholeSnapshot";
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
  const { project, counts } = useProject();
  const { snapshots } = useSnapshots();
  const bases = useBases() ?? [];
  const catalogue = useModels();
  const models = useMemo(
    () => modelsFor(catalogue ?? [], project.value.task),
    [catalogue, project.value.task],
  );
  const frozen = (snapshots ?? []).filter((one) => one.status === "succeeded" && isWhole(one));
  const isNowNew = frozen.length === 0 || hasChanged(sinceSnapshot(counts.value, frozen[0] ?? null));
  const [picked, setPicked] = useState<string | null>(null);
  const on = picked ?? (isNowNew ? "now" : String(frozen[0]?.id));
  const snapshot = on === "now" ? null : Number(on);
  const [edited, setEdited] = useState<TrainForm | null>(null);
  const form = edited ?? (models[0] ? formFor(models[0]) : null);
  const [lines, setLines] = useState<AxisLine[]>([{ key: "freeze", words: "none trunk" }]);
  const [name, setName] = useState("");
  const [stopHopeless, setStopHopeless] = useState(false);
  const [hasSlots, setHasSlots] = useState(true);
  const { doing, fault, start } = useStartSweep(onStarted);
  const isSound = form !== null && snapshots !== null && Object.keys(formErrors(form)).length === 0;
  const wrong = axesFault(lines);
  const plan = isSound && !wrong ? { ...requestOf(form), axes: axesOf(lines) } : null;
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
            onClick={() => plan && void start(request, snapshot)}
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
            <AxisFields lines={lines} models={models} bases={bases} onLines={setLines} />
            {wrong && (
              <p class="bad" role="alert">
                {wrong}
              </p>
            )}
            <SweepCost
              plan={plan && { ...plan, ...(snapshot === null ? {} : { snapshot }) }}
              onSlots={setHasSlots}
            />
            <p class="small dim">What is not compared is the same for all runs:</p>
            <TrainFields
              form={form}
              models={models}
              bases={bases}
              snapshots={frozen}
              snapshot={on}
              onSnapshot={setPicked}
              onForm={setEdited}
            />
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

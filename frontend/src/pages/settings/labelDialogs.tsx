import { useState } from "preact/hooks";
import type { Label } from "../../api/types";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { SelectField } from "../../ui/field";
import { counted } from "../../ui/figures";
import { toast } from "../../ui/toast";
import type { Labels } from "./useLabels";

interface LabelDialogProps {
  label: Label;
  labels: Labels;
  close: () => void;
}

export function MergeDialog({ label, labels, close }: LabelDialogProps) {
  const others = labels.list.filter((other) => other.id !== label.id);
  const [into, setInto] = useState(String(others[0]?.id ?? ""));
  const target = others.find((other) => String(other.id) === into);
  const [sure, setSure] = useState(false);
  if (sure && target) {
    return (
      <Confirm
        deed={`Merge ${label.name} into ${target.name}`}
        close={close}
        run={async () => {
          await labels.merge(label, target);
          toast(`${label.name} is now ${target.name}`);
        }}
      >
        {counted(label.annotation_count, "annotation")} will carry {target.name}, and the label {label.name}{" "}
        goes. Older revisions come back with {target.name}; snapshots stay as they are.
      </Confirm>
    );
  }
  return (
    <Dialog
      title={`Merge ${label.name}`}
      close={close}
      footer={
        <>
          <Button look="quiet" onClick={close}>
            Cancel
          </Button>
          <Button look="primary" onClick={() => setSure(true)}>
            Go on
          </Button>
        </>
      }
    >
      <div class="body">
        <SelectField
          label="Into"
          value={into}
          onPick={setInto}
          options={others.map((other) => ({ value: String(other.id), name: other.name }))}
        />
      </div>
    </Dialog>
  );
}

export function RemoveDialog({ label, labels, close }: LabelDialogProps) {
  if (label.annotation_count > 0) {
    return (
      <Dialog
        title={`Delete ${label.name}`}
        close={close}
        footer={
          <Button look="primary" onClick={close}>
            Close
          </Button>
        }
      >
        <p class="body dim">
          {counted(label.annotation_count, "annotation")} carry this label. Merge it into another one instead;
          nothing is lost then.
        </p>
      </Dialog>
    );
  }
  return (
    <Confirm deed={`Delete ${label.name}`} close={close} run={() => labels.remove(label)}>
      No annotation carries this label.
    </Confirm>
  );
}

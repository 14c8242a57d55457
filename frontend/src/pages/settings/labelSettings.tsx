import { useState } from "preact/hooks";
import type { Label } from "../../api/types";
import { useProject } from "../../app/project";
import { Button } from "../../ui/button";
import { useSubmit } from "../../ui/form";
import { patternsOf } from "../../ui/label";
import { MergeDialog, RemoveDialog } from "./labelDialogs";
import { LabelRow } from "./labelRow";
import { useLabels } from "./useLabels";

type Asking = { deed: "merge" | "remove"; label: Label };

function AddLabel({ add }: { add: (name: string) => Promise<void> }) {
  const [name, setName] = useState("");
  const form = useSubmit([], async () => {
    if (!name.trim()) return;
    await add(name.trim());
    setName("");
  });
  const fault = form.fault("name") ?? form.general;
  return (
    <form class="add-label" onSubmit={form.submit}>
      <span class={fault ? "field wrong grow" : "field grow"}>
        <input
          value={name}
          maxLength={100}
          aria-label="Name of a new label"
          placeholder="New label"
          aria-invalid={fault ? true : undefined}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </span>
      <Button type="submit" icon="plus" busy={form.busy} disabled={!name.trim()}>
        Add label
      </Button>
      {fault && (
        <span class="small bad" role="alert">
          {fault}
        </span>
      )}
    </form>
  );
}

/** Names, colours, order (which is the order of the keys), merging and deleting. */
export function LabelSettings() {
  const { may } = useProject();
  const labels = useLabels();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const editable = may("manager");
  const patterns = patternsOf(labels.list);
  const close = () => setAsking(null);
  return (
    <section class="panel" aria-labelledby="labels-title">
      <header>
        <h2 id="labels-title">
          Labels <span class="count">{labels.list.length}</span>
        </h2>
        <span class="grow" />
        <span class="small faint">The first nine have the keys 1 to 9.</span>
      </header>
      {labels.list.length === 0 && <p class="body faint">No labels yet.</p>}
      <ol class="label-rows">
        {labels.list.map((label, index) => (
          <LabelRow
            key={label.id}
            label={label}
            index={index}
            pattern={patterns[index]}
            count={labels.list.length}
            editable={editable}
            dragged={dragged}
            setDragged={setDragged}
            labels={labels}
            ask={(deed) => setAsking({ deed, label })}
          />
        ))}
      </ol>
      {editable && <AddLabel add={labels.add} />}
      {asking?.deed === "merge" && <MergeDialog label={asking.label} labels={labels} close={close} />}
      {asking?.deed === "remove" && <RemoveDialog label={asking.label} labels={labels} close={close} />}
    </section>
  );
}

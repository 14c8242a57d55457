import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Project, Task } from "../../api/types";
import { navigate } from "../../app/router";
import { atLeast, user } from "../../app/session";
import { FormFault } from "../../app/shell/gateShell";
import { TASK_NAMES, TASKS } from "../../app/tasks";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { faultOf, filled, type InputLabel, LabelInputs } from "./labelInputs";

export function NewProject({ close }: { close: () => void }) {
  const teams = (user.value?.teams ?? []).filter((team) => atLeast(team.role, "manager"));
  const [team, setTeam] = useState(teams[0]?.slug ?? "");
  const [name, setName] = useState("");
  const [task, setTask] = useState<Task>("detection");
  const [labels, setLabels] = useState<InputLabel[]>([]);
  const form = useSubmit(["name"], async () => {
    const body = { team, name, task, labels: filled(labels) };
    const project = await api.post<Project>("projects/", body);
    navigate(`/p/${project.slug}/images`);
  });
  const ready = name.trim() !== "" && team !== "" && !faultOf(labels);
  return (
    <Dialog title="New project" close={close}>
      <form
        class="body"
        id="new-project"
        onSubmit={(event) => (ready ? form.submit(event) : event.preventDefault())}
      >
        <TextField
          label="Name"
          value={name}
          onText={setName}
          autofocus
          required
          maxLength={100}
          fault={form.fault("name")}
        />
        {teams.length > 1 && (
          <SelectField
            label="Team"
            value={team}
            onPick={setTeam}
            options={teams.map((one) => ({ value: one.slug, name: one.name }))}
          />
        )}
        <div class="form-row">
          <span class="label">Task</span>
          <div>
            <Segmented<Task>
              label="Task"
              value={task}
              onPick={setTask}
              choices={TASK_NAMES.map((value) => ({ value, name: TASKS[value].name }))}
            />
          </div>
          <span class="hint">{TASKS[task].hint}</span>
        </div>
        <LabelInputs labels={labels} change={setLabels} />
        <FormFault text={form.general} />
      </form>
      <footer>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" form="new-project" look="primary" busy={form.busy} disabled={!ready}>
          {form.busy ? "Creating" : "Create project"}
        </Button>
      </footer>
    </Dialog>
  );
}

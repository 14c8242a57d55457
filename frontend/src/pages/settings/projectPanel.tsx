import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Project } from "../../api/types";
import { useProject } from "../../app/project";
import { FormFault } from "../../app/shell/gateShell";
import { TASKS } from "../../app/tasks";
import { Button } from "../../ui/button";
import { Check, TextField } from "../../ui/field";
import { day } from "../../ui/figures";
import { useSubmit } from "../../ui/form";
import { toast } from "../../ui/toast";

/** Whether files go out with the place where they were taken. */
function LocationChoice() {
  const { project, may } = useProject();
  const form = useSubmit([], async () => {
    const wanted = !project.value.share_location;
    const changed = await api.patch<Project>(`projects/${project.value.id}/`, { share_location: wanted });
    project.value = { ...project.value, share_location: changed.share_location };
    toast(wanted ? "Locations are shared" : "Locations are left out");
  });
  return (
    <div class="form-row">
      <Check
        checked={project.value.share_location}
        disabled={!may("manager") || form.busy}
        onCheck={() => void form.submit()}
      >
        Share where pictures were taken
      </Check>
      <span class="hint">
        Off: files and snapshots go out without GPS and other metadata; pixels, colours and rotation stay.
      </span>
      <FormFault text={form.general} />
    </div>
  );
}

export function ProjectPanel() {
  const { project, may } = useProject();
  const { id, name, slug, task, team, created_at, seed } = project.value;
  const [text, setText] = useState(name);
  const form = useSubmit(["name"], async () => {
    const changed = await api.patch<Project>(`projects/${id}/`, { name: text.trim() });
    project.value = { ...project.value, name: changed.name };
    toast("Name saved");
  });
  return (
    <section class="panel" aria-labelledby="project-title">
      <header>
        <h2 id="project-title">Project</h2>
      </header>
      <div class="body stack">
        <form class="inline-form" onSubmit={form.submit}>
          <TextField
            label="Name"
            value={text}
            onText={setText}
            maxLength={100}
            disabled={!may("manager")}
            fault={form.fault("name")}
          />
          {may("manager") && (
            <Button type="submit" busy={form.busy} disabled={!text.trim() || text.trim() === name}>
              Save
            </Button>
          )}
        </form>
        <FormFault text={form.general} />
        <LocationChoice />
        <dl class="facts">
          <dt>Task</dt>
          <dd>{TASKS[task].name}</dd>
          <dt>Team</dt>
          <dd>
            <a class="link" href={`/t/${team.slug}`}>
              {team.name}
            </a>
          </dd>
          <dt>Address</dt>
          <dd class="mono">/p/{slug}</dd>
          <dt>Split</dt>
          <dd>
            By each image's hash and the seed <span class="mono">{seed}</span>: adding images moves none.
          </dd>
          <dt>Created</dt>
          <dd>{day(created_at)}</dd>
        </dl>
      </div>
    </section>
  );
}

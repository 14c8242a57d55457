import { useState } from "preact/hooks";
import { fetchAll } from "../../../api/fetchers";
import type { Format, Import, Project } from "../../../api/types";
import { postForm } from "../../../api/upload";
import { QuotaNote } from "../../../app/quotaNote";
import { atLeast } from "../../../app/session";
import { FormFault } from "../../../app/shell/gateShell";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Check, SelectField } from "../../../ui/field";
import { bytes } from "../../../ui/figures";
import { useSubmit } from "../../../ui/form";
import { Icon } from "../../../ui/icons";
import { Bar } from "../../../ui/progress";
import { useLoaded } from "../../../ui/useLoaded";

interface ImportDialogProps {
  project: Project;
  /** A zip that was dropped on the page. */
  dropped: File | null;
  close: () => void;
  started: (one: Import) => void;
}

function formatChoices(formats: Format[] | null, task: Project["task"]): { value: string; name: string }[] {
  const readable = (formats ?? []).filter((format) => format.reads && format.tasks.includes(task));
  return [
    { value: "", name: "Recognise by itself" },
    ...readable.map((format) => ({ value: format.name, name: format.title })),
  ];
}

export function ImportDialog({ project, dropped, close, started }: ImportDialogProps) {
  const [archive, setArchive] = useState<File | null>(dropped);
  const [format, setFormat] = useState("");
  const makesLabels = atLeast(project.role, "manager");
  const [createLabels, setCreateLabels] = useState(makesLabels);
  const [sent, setSent] = useState(0);
  const formats = useLoaded("formats", () => fetchAll<Format>("formats/"));
  const form = useSubmit(["archive"], async () => {
    if (!archive) return;
    const body = new FormData();
    body.append("archive", archive, archive.name);
    if (format) body.append("format", format);
    if (makesLabels) body.append("create_labels", String(createLabels));
    const one = await postForm<Import>(`projects/${project.id}/imports/`, body, setSent);
    started(one);
    close();
  });
  return (
    <Dialog title="Import" close={close}>
      <form class="body" id="import-form" onSubmit={form.submit}>
        <p class="dim">
          A zip with images and their annotations. Images that are already here only get what is new; nothing
          is overwritten.
        </p>
        <QuotaNote team={project.team.slug} names={["images", "bytes", "jobs"]} />
        <label class={form.fault("archive") ? "file-pick wrong" : "file-pick"}>
          <Icon name="layers" />
          <span class="grow cut">{archive ? archive.name : "Choose a zip"}</span>
          {archive && <span class="faint nowrap">{bytes(archive.size)}</span>}
          <input
            type="file"
            accept=".zip,application/zip"
            class="vh"
            onChange={(event) => setArchive(event.currentTarget.files?.[0] ?? null)}
          />
        </label>
        <SelectField
          label="Format"
          value={format}
          onPick={setFormat}
          options={formatChoices(formats.value, project.task)}
        />
        <div class="form-row">
          {makesLabels && (
            <Check checked={createLabels} onCheck={setCreateLabels}>
              Add labels that the project does not know yet
            </Check>
          )}
          {!createLabels && (
            <span class="hint">
              {makesLabels ? "" : "Only managers add labels. "}
              An archive with other labels is not imported; the import lists them.
            </span>
          )}
        </div>
        {form.busy && archive && (
          <div class="form-row">
            <Bar value={sent} max={archive.size} label="Upload of the archive" live />
            <span class="hint">
              {bytes(Math.min(sent, archive.size))} of {bytes(archive.size)}
            </span>
          </div>
        )}
        <FormFault text={form.fault("archive") ?? form.general} />
      </form>
      <footer>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" form="import-form" look="primary" busy={form.busy} disabled={!archive}>
          {form.busy ? "Uploading" : "Import"}
        </Button>
      </footer>
    </Dialog>
  );
}

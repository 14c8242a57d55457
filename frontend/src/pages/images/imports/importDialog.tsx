import { useEffect, useRef, useState } from "preact/hooks";
import { type Archive, type SendingState, sendArchive } from "../../../api/archiveUpload";
import { api } from "../../../api/client";
import { fetchAll } from "../../../api/fetchers";
import type { Format, Import, Project } from "../../../api/types";
import { FormatField, formatsFor } from "../../../app/formatField";
import { importPath } from "../../../app/importState";
import { QuotaNote } from "../../../app/quotaNote";
import { navigate } from "../../../app/router";
import { atLeast, session } from "../../../app/session";
import { FormFault } from "../../../app/shell/gateShell";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { bytes } from "../../../ui/figures";
import { useSubmit } from "../../../ui/form";
import { Bar } from "../../../ui/progress";
import { useLoaded } from "../../../ui/useLoaded";
import { ArchivePick } from "./archivePick";
import { BucketField, type Originals } from "./bucketField";

interface ImportDialogProps {
  project: Project;
  /** An archive or a folder that was dropped on the page. */
  dropped: Archive | null;
  close: () => void;
}

const NOTHING_SENT: SendingState = { sent: 0, waiting: false };

/** One upload at a time; it is given up when the dialog closes before it has become an import. */
function useSender(): { begin: () => AbortSignal; end: () => void } {
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  return {
    begin: () => {
      current.current = new AbortController();
      return current.current.signal;
    },
    end: () => {
      current.current = null;
    },
  };
}

function SendingBar({ state, size }: { state: SendingState; size: number }) {
  return (
    <div class="form-row">
      <Bar value={state.sent} max={size} label="Upload of the archive" live />
      <span class="hint" role="status">
        {state.waiting && "Waiting for the connection. "}
        {bytes(Math.min(state.sent, size))} of {bytes(size)}
      </span>
    </div>
  );
}

function deed(isUpload: boolean, isBusy: boolean): string {
  if (isUpload) return isBusy ? "Uploading" : "Upload and look";
  return isBusy ? "Starting" : "Read and look";
}

export function ImportDialog({ project, dropped, close }: ImportDialogProps) {
  const [archive, setArchive] = useState<Archive | null>(dropped);
  const [bucket, setBucket] = useState("");
  const [originals, setOriginals] = useState<Originals>("copy");
  const [format, setFormat] = useState("");
  const [sending, setSending] = useState<SendingState>(NOTHING_SENT);
  const sender = useSender();
  const formats = useLoaded("formats", () => fetchAll<Format>("formats/"));
  const form = useSubmit(["archive", "bucket"], async () => {
    const signal = sender.begin();
    const from = archive
      ? { upload: await sendArchive(project.id, archive, setSending, signal) }
      : { bucket: bucket.trim(), leave_images: originals === "leave" };
    const asked = { ...from, format, review: true };
    const one = await api.post<Import>(`projects/${project.id}/imports/`, asked, { retries: 5, signal });
    sender.end();
    navigate(importPath(project.slug, one.id));
  });
  return (
    <Dialog title="Import" close={close}>
      <form class="body" id="import-form" onSubmit={form.submit}>
        <p class="dim">
          A zip, a tar or a folder with images and their annotations, as one of the tools below writes them,
          or annotations alone of images that are here. It is read first: nothing comes in before you have
          looked at it.
        </p>
        <QuotaNote team={project.team.slug} names={["images", "bytes", "jobs"]} />
        <ArchivePick
          archive={archive}
          wrong={form.fault("archive") !== undefined}
          disabled={form.busy}
          pick={setArchive}
        />
        {session.value?.import_buckets && atLeast(project.role, "manager") && (
          <BucketField
            address={bucket}
            originals={originals}
            disabled={form.busy || archive !== null}
            fault={form.fault("bucket")}
            onAddress={setBucket}
            onOriginals={setOriginals}
          />
        )}
        <FormatField
          formats={formatsFor(formats.value, project.task, "reads")}
          value={format}
          none="Recognise by itself"
          onPick={setFormat}
        />
        {form.busy && archive && <SendingBar state={sending} size={archive.blob.size} />}
        <FormFault text={form.fault("archive") ?? form.general} />
      </form>
      <footer>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
        <Button
          type="submit"
          form="import-form"
          look="primary"
          busy={form.busy}
          disabled={!archive && !bucket.trim()}
        >
          {deed(archive !== null || !bucket.trim(), form.busy)}
        </Button>
      </footer>
    </Dialog>
  );
}

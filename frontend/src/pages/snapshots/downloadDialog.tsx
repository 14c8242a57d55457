import { useState } from "preact/hooks";
import { api, apiUrl } from "../../api/client";
import { sentence } from "../../api/errors";
import { fetchAll } from "../../api/fetchers";
import type { Format, Losses, Snapshot } from "../../api/types";
import { FormatField, formatsFor } from "../../app/formatField";
import { useProject } from "../../app/project";
import { ButtonLink } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Check } from "../../ui/field";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { useLoaded } from "../../ui/useLoaded";
import { NotebookPanel } from "./notebookPanel";

interface DownloadDialogProps {
  snapshot: Snapshot;
  close: () => void;
}

/** In which format, with images or without; what the format can't hold is said before. */
export function DownloadDialog({ snapshot, close }: DownloadDialogProps) {
  const { project } = useProject();
  const { value } = useLoaded("formats", (signal) => fetchAll<Format>("formats/", signal));
  const formats = formatsFor(value, project.value.task, "writes");
  const [picked, setPicked] = useState("");
  const [images, setImages] = useState(true);
  const format = formats.find((one) => one.name === picked) ?? formats[0] ?? null;
  const at = `snapshots/${snapshot.id}`;
  const zip = `${at}/download/${format?.name}/`;
  const name = `${project.value.slug}-v${snapshot.number}-${format?.name}${images ? "" : "-annotations"}`;
  return (
    <Dialog
      title={`Download ${snapshot.name}`}
      close={close}
      footer={
        <>
          <ButtonLink look="quiet" size="lg" href={apiUrl(`${at}/manifest/`)} download>
            Manifest
          </ButtonLink>
          {format && (
            <ButtonLink
              look="primary"
              size="lg"
              icon="download"
              href={apiUrl(zip, { images: images ? undefined : false })}
              download
            >
              Download
            </ButtonLink>
          )}
        </>
      }
    >
      <div class="body">
        {value && !format && <p class="dim">No format carries what this project's annotations are.</p>}
        {format && (
          <>
            <FormatField formats={formats} value={format.name} onPick={setPicked} />
            <Check checked={images} onCheck={setImages}>
              With images
            </Check>
            <LossList snapshot={snapshot} format={format} />
            <NotebookPanel at={zip} images={images} name={name} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function LossList({ snapshot, format }: { snapshot: Snapshot; format: Format }) {
  const key = `losses ${snapshot.id} ${format.name}`;
  const { value, error } = useLoaded(key, (signal) =>
    api.get<Losses>(`snapshots/${snapshot.id}/download/${format.name}/losses/`, { signal }),
  );
  if (error) return <p class="bad">{sentence(error)}</p>;
  if (!value) return <p class="dim">Looking for what {format.title} can't hold.</p>;
  if (value.losses.length === 0) return <p class="dim">{format.title} holds all of this snapshot.</p>;
  return (
    <div data-testid="losses">
      <p class="row warn">
        <Icon name="warn" /> {format.title} can't hold everything:
      </p>
      <ul class="losses">
        {value.losses.map((loss) => (
          <li key={loss.text}>
            <b>{count(loss.count)}</b> {loss.text}
          </li>
        ))}
      </ul>
    </div>
  );
}

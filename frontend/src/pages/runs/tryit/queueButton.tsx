import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Artifact, Ingested } from "../../../api/types";
import { useProject } from "../../../app/project";
import type { Shown } from "../../../training/tryit/pictures";
import type { Found } from "../../../training/tryit/protocol";
import { Button } from "../../../ui/button";
import { toastError } from "../../../ui/toast";

const MOST_BOXES = 100;

/** Where the model failed, the picture is worth labelling. */
export function QueueButton({ artifact, shown }: { artifact: Artifact; shown: Shown }) {
  const { project, may } = useProject();
  const [isBusy, setBusy] = useState(false);
  const [image, setImage] = useState<number | null>(null);
  if (image !== null) {
    return (
      <a class="link small" href={`/p/${project.value.slug}/label/${image}`}>
        In the queue: label it
      </a>
    );
  }
  if (!may("annotator")) return null;
  const start = () => {
    setBusy(true);
    sendToQueue(project.value.id, artifact, shown)
      .then((sent) => setImage(sent.image), toastError)
      .finally(() => setBusy(false));
  };
  return (
    <Button
      size="sm"
      icon="send"
      busy={isBusy}
      disabled={!shown.seen}
      onClick={start}
      data-testid="send-to-queue"
    >
      Send to queue
    </Button>
  );
}

/** Into the unlabelled queue, with what the model found as suggestions. */
function sendToQueue(project: number, artifact: Artifact, shown: Shown): Promise<Ingested> {
  const body = new FormData();
  body.append("file", shown.file);
  body.append("sha256", artifact.sha256);
  body.append("drop_alike", "false"); // a person chose it
  const found = (shown.seen?.found ?? []).slice(0, MOST_BOXES);
  body.append("boxes", JSON.stringify(found.map(inPixels(shown))));
  return api.post<Ingested>(`projects/${project}/ingest/`, body);
}

const inPixels =
  ({ width, height }: Shown) =>
  ({ label, score, box }: Found) =>
    box
      ? {
          label,
          score,
          x_min: box[0] * width,
          y_min: box[1] * height,
          x_max: box[2] * width,
          y_max: box[3] * height,
        }
      : { label, score };

import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { sentence } from "../../api/errors";
import { filterBody, type ImageFilter } from "../../api/imageLists";
import type { Snapshot } from "../../api/types";
import { useProject } from "../../app/project";
import { navigate } from "../../app/router";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";

interface ExportDialogProps {
  filter: ImageFilter;
  /** "37 images", or "more than 100 images" where the list goes on. */
  images: string;
  close: () => void;
}

/** Freezes what the filter shows, and leads to its download. */
export function ExportDialog({ filter, images, close }: ExportDialogProps) {
  const { project } = useProject();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const start = () => {
    setBusy(true);
    api.post<Snapshot>(`projects/${project.value.id}/snapshots/`, filterBody(filter)).then(
      (made) => navigate(`/p/${project.value.slug}/snapshots/${made.number}?download=1`),
      (error) => {
        setFault(sentence(error));
        setBusy(false);
      },
    );
  };
  return (
    <Dialog
      title={`Export ${images}`}
      close={close}
      footer={
        <>
          <Button look="quiet" size="lg" onClick={close}>
            Cancel
          </Button>
          <Button look="primary" size="lg" busy={isBusy} onClick={start} data-testid="export-start">
            {isBusy ? "Freezing" : "Export"}
          </Button>
        </>
      }
    >
      <div class="body">
        <p>
          A snapshot freezes {isFiltered(filter) ? "what the filter shows" : "the project"} as it is now. Then
          you choose the format.
        </p>
        {fault && (
          <p class="bad" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

const isFiltered = (filter: ImageFilter): boolean => Object.keys(filterBody(filter)).length > 0;

import type { ImageFilter } from "../../api/imageLists";
import { useProject } from "../../app/project";
import { SuggestButton } from "../../training/suggestButton";
import { Button } from "../../ui/button";
import { QueueTabs } from "./queueTabs";
import type { Incoming } from "./useIncoming";

interface ImagesBarProps {
  queue: ImageFilter["queue"];
  incoming: Incoming;
  upload: () => void;
  startImport: () => void;
}

/** The queues, and the ways to add images. */
export function ImagesBar({ queue, incoming, upload, startImport }: ImagesBarProps) {
  const { counts, latestRun, may } = useProject();
  const canSuggest = latestRun.value?.status === "succeeded";
  return (
    <div class="images-bar">
      <h1 class="vh">Images</h1>
      <QueueTabs queue={queue} counts={counts.value} />
      <span class="grow" />
      {incoming.count > 0 && incoming.isHidden && (
        <Button look="quiet" onClick={() => incoming.hide(false)}>
          Show uploads
        </Button>
      )}
      {may("annotator") && (
        <span class="row">
          {canSuggest && queue === "unlabelled" && <SuggestButton run={latestRun.value?.id ?? null} />}
          <Button onClick={startImport}>Import</Button>
          <Button icon="upload" onClick={upload}>
            Upload
          </Button>
        </span>
      )}
    </div>
  );
}

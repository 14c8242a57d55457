import "./dock.css";
import type { Import } from "../../api/types";
import { QuotaNote } from "../../app/quotaNote";
import { IconButton } from "../../ui/button";
import { ImportCard } from "./imports/importCard";
import { isFinished, type UploadQueue } from "./uploads/queue";
import { UploadList } from "./uploads/uploadList";

interface DockProps {
  queue: UploadQueue;
  slug: string;
  team: string;
  imports: Import[];
  dismiss: (id: number) => void;
  close: () => void;
}

/** What comes in: beside the gallery, so that it covers nothing. */
export function Dock({ queue, slug, team, imports, dismiss, close }: DockProps) {
  const finished = queue.items.value.filter(isFinished).length;
  return (
    <aside class="dock" aria-label="What comes in">
      <IconButton class="dock-close" icon="x" label="Hide uploads and imports" onClick={close} />
      <div class="dock-scroll">
        <QuotaNote team={team} names={["images", "bytes"]} since={queue.busy ? 0 : finished} />
        {imports.map((one) => (
          <ImportCard key={one.id} from={one} dismiss={() => dismiss(one.id)} />
        ))}
        <UploadList queue={queue} slug={slug} />
      </div>
    </aside>
  );
}

import "./dock.css";
import type { Import } from "../../api/types";
import { QuotaNote } from "../../app/quotaNote";
import { IconButton } from "../../ui/button";
import { ImportCard } from "./imports/importCard";
import { isOver } from "./imports/useImports";
import { UploadList } from "./uploads/uploadList";
import type { UploadQueue } from "./uploads/uploadQueue";

interface DockProps {
  queue: UploadQueue;
  slug: string;
  team: string;
  imports: Import[];
  put: (one: Import) => void;
  dismiss: (id: number) => void;
  close: () => void;
}

/** What comes in: beside the gallery, so that it covers nothing. */
export function Dock({ queue, slug, team, imports, put, dismiss, close }: DockProps) {
  const uploaded = queue.busy ? 0 : queue.items.value.length;
  const imported = imports.filter(isOver).length;
  return (
    <aside class="dock" aria-label="What comes in">
      <IconButton class="dock-close" icon="x" label="Hide uploads and imports" onClick={close} />
      <div class="dock-scroll">
        <QuotaNote team={team} names={["images", "bytes"]} since={uploaded + imported} />
        {imports.map((one) => (
          <ImportCard key={one.id} from={one} put={put} dismiss={() => dismiss(one.id)} />
        ))}
        <UploadList queue={queue} slug={slug} />
      </div>
    </aside>
  );
}

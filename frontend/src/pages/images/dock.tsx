import "./dock.css";
import type { Import } from "../../api/types";
import { IconButton } from "../../ui/button";
import { ImportCard } from "./imports/importCard";
import type { UploadQueue } from "./uploads/queue";
import { UploadList } from "./uploads/uploadList";

interface DockProps {
  queue: UploadQueue;
  slug: string;
  imports: Import[];
  dismiss: (id: number) => void;
  close: () => void;
}

/** What comes in: beside the gallery, so that it covers nothing. */
export function Dock({ queue, slug, imports, dismiss, close }: DockProps) {
  return (
    <aside class="dock" aria-label="What comes in">
      <IconButton class="dock-close" icon="x" label="Hide uploads and imports" onClick={close} />
      <div class="dock-scroll">
        {imports.map((one) => (
          <ImportCard key={one.id} from={one} dismiss={() => dismiss(one.id)} />
        ))}
        <UploadList queue={queue} slug={slug} />
      </div>
    </aside>
  );
}

import "./dock.css";
import { isOver } from "../../app/importState";
import { useProject } from "../../app/project";
import { QuotaNote } from "../../app/quotaNote";
import { IconButton } from "../../ui/button";
import { ImportCard } from "./imports/importCard";
import { UploadList } from "./uploads/uploadList";
import type { Incoming } from "./useIncoming";

/** Uploads and imports: beside the gallery, so that they cover nothing. */
export function Dock({ incoming }: { incoming: Incoming }) {
  const { slug, team } = useProject().project.value;
  const { uploads, imports } = incoming;
  const uploaded = uploads.busy ? 0 : uploads.items.value.length;
  const imported = imports.shown.filter(isOver).length;
  return (
    <aside class="dock" aria-label="What comes in">
      <IconButton
        class="dock-close"
        icon="x"
        label="Hide uploads and imports"
        onClick={() => incoming.hide(true)}
      />
      <div class="dock-scroll">
        <QuotaNote team={team.slug} names={["images", "bytes"]} since={uploaded + imported} />
        {imports.shown.map((one) => (
          <ImportCard key={one.id} from={one} dismiss={() => imports.dismiss(one.id)} />
        ))}
        <UploadList queue={uploads} slug={slug} />
      </div>
    </aside>
  );
}

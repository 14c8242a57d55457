import type { Import } from "../../../api/types";
import { CancelButton } from "../../../app/cancelButton";
import { useProject } from "../../../app/project";
import { StatusBadge } from "../../../ui/badge";
import { Button } from "../../../ui/button";
import { count, counted } from "../../../ui/figures";
import { Bar } from "../../../ui/progress";
import { waitingText } from "../../../ui/waiting";
import { Findings } from "./findings";
import { isOver } from "./useImports";

function Figure({ value, name }: { value: number | undefined; name: string }) {
  if (!value) return null;
  return (
    <span>
      <b>{count(value)}</b> {name}
    </span>
  );
}

function errorText(error: Import["error"]): string {
  if (!error) return "";
  return typeof error === "string" ? error : error.detail;
}

function progressText({ status, waiting_for, progress, source }: Import): string {
  if (status === "queued" && waiting_for) return waitingText({ waiting_for });
  if (progress.total > 0) return `${count(progress.done)} of ${counted(progress.total, "file")}`;
  return source === "sample" ? "Drawing the pictures" : "Reading the archive";
}

interface ImportCardProps {
  from: Import;
  put: (one: Import) => void;
  dismiss: () => void;
}

/** One import: how far, what came in, what was noticed. */
export function ImportCard({ from, put, dismiss }: ImportCardProps) {
  const { may } = useProject();
  const { counts, progress } = from;
  const name = from.archive_name || "Import";
  const error = errorText(from.error);
  return (
    <section class="dock-part" aria-label={`Import of ${name}`}>
      <header>
        <h2 class="grow cut" title={name}>
          {name}
        </h2>
        <StatusBadge status={from.status} />
        {isOver(from) && (
          <Button size="sm" look="quiet" onClick={dismiss}>
            Clear
          </Button>
        )}
      </header>
      {!isOver(from) && (
        <div class="dock-total">
          <Bar value={progress.done} max={Math.max(1, progress.total)} label={`Import of ${name}`} live />
          <div class="between">
            <span>{progressText(from)}</span>
            {may("annotator") && (
              <CancelButton<Import> at={`imports/${from.id}`} name="import" size="sm" onCanceled={put} />
            )}
          </div>
        </div>
      )}
      {from.format_reason && <p class="dock-note faint">{from.format_reason}</p>}
      {from.status === "canceled" && (
        <p class="dock-note">What had come in stays. The same archive, imported again, brings the rest.</p>
      )}
      {error && <p class="fault-box dock-fault">{error}</p>}
      <p class="dock-sum" role="status">
        <Figure value={counts.images_created} name="images added" />
        <Figure value={counts.images_duplicate} name="already here" />
        <Figure value={counts.annotations_created} name="annotations added" />
        <Figure value={counts.annotations_existing} name="annotations already here" />
      </p>
      <Findings from={from} />
    </section>
  );
}

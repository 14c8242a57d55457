import type { Import } from "../../api/types";
import { CancelButton } from "../../app/cancelButton";
import { importName, progressText, timeLeft } from "../../app/importState";
import { useProject } from "../../app/project";
import { Bar } from "../../ui/progress";

interface WorkingProps {
  from: Import;
  put: (one: Import) => void;
}

function titleOf({ status, stage, source }: Import): string {
  if (status === "queued") return stage === "applying" ? "Imported next" : "Read next";
  if (stage === "applying") return "Bringing it into the project";
  return source === "sample" ? "Drawing the pictures" : "Reading the archive";
}

function promise({ stage }: Import): string {
  if (stage === "applying")
    return "Everything appears at once, at the end. Labelling goes on meanwhile; you may leave this page.";
  return "Nothing of the project changes while it is read. You may leave this page: it goes on by itself.";
}

/** Reading, or bringing in: how far, how long still, and the way out. */
export function Working({ from, put }: WorkingProps) {
  const { may } = useProject();
  const { done, total } = from.progress;
  return (
    <section class="panel import-progress" aria-label="Progress">
      <h2>{titleOf(from)}</h2>
      <Bar value={done} max={Math.max(1, total)} label={`Import of ${importName(from)}`} live />
      <div class="row small dim">
        <span class="grow">{progressText(from)}</span>
        <span class="nowrap">{timeLeft(from)}</span>
      </div>
      <p class="dim">{promise(from)}</p>
      {from.format_reason && <p class="small faint">{from.format_reason}</p>}
      {may("annotator") && (
        <div>
          <CancelButton<Import> at={`imports/${from.id}`} name="import" onCanceled={put} />
        </div>
      )}
    </section>
  );
}

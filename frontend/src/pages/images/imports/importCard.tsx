import type { Import } from "../../../api/types";
import { errorText, importName, importPath, isOver, progressText, timeLeft } from "../../../app/importState";
import { useProject } from "../../../app/project";
import { StatusBadge } from "../../../ui/badge";
import { Button, ButtonLink } from "../../../ui/button";
import { count, counted } from "../../../ui/figures";
import { Bar } from "../../../ui/progress";

interface ImportCardProps {
  from: Import;
  dismiss: () => void;
}

/** One import in a few lines; its own page has the rest. */
export function ImportCard({ from, dismiss }: ImportCardProps) {
  const { slug } = useProject().project.value;
  const name = importName(from);
  const isWaiting = from.status === "waiting";
  return (
    <section class="dock-part" aria-label={`Import of ${name}`}>
      <header>
        <h2 class="grow cut" title={name}>
          {name}
        </h2>
        <StatusBadge status={from.status} />
      </header>
      <Standing from={from} />
      <div class="dock-acts">
        <ButtonLink size="sm" href={importPath(slug, from.id)}>
          {isWaiting ? "Look at it" : "Details"}
        </ButtonLink>
        {isOver(from) && (
          <Button size="sm" look="quiet" onClick={dismiss}>
            Clear
          </Button>
        )}
      </div>
    </section>
  );
}

function Standing({ from }: { from: Import }) {
  if (from.status === "waiting") {
    return <p class="dock-note faint">It is read. Nothing comes in before you have looked at it.</p>;
  }
  if (from.status === "succeeded") return <Arrived from={from} />;
  if (isOver(from)) return <p class="dock-note faint">{errorText(from) || "Nothing of it came in."}</p>;
  const { done, total } = from.progress;
  return (
    <div class="dock-total">
      <Bar value={done} max={Math.max(1, total)} label={`Import of ${importName(from)}`} live />
      <div class="between">
        <span>{progressText(from)}</span>
        <span>{timeLeft(from)}</span>
      </div>
    </div>
  );
}

function Arrived({ from: { counts, finding_count } }: { from: Import }) {
  return (
    <p class="dock-sum" role="status">
      <Figure value={counts.images_created} name="images added" />
      <Figure value={counts.images_duplicate} name="already here" />
      <Figure value={counts.annotations_created} name="annotations added" />
      <Figure value={counts.annotations_existing} name="annotations already here" />
      {finding_count > 0 && <span>{counted(finding_count, "finding")}</span>}
    </p>
  );
}

function Figure({ value, name }: { value: number | undefined; name: string }) {
  if (!value) return null;
  return (
    <span>
      <b>{count(value)}</b> {name}
    </span>
  );
}

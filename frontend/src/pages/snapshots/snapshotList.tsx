import type { Run, Snapshot } from "../../api/types";
import { useProject } from "../../app/project";
import { runFigure } from "../../app/shell/runFigure";
import { hasChanged, type Since, signed } from "../../training/sinceSnapshot";
import { isWhole, partName } from "../../training/wholeSnapshot";
import { Avatar } from "../../ui/avatar";
import { StatusBadge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ago, counted } from "../../ui/figures";

interface SnapshotListProps {
  snapshots: readonly Snapshot[];
  runs: readonly Run[];
  since: Since;
  latest: Snapshot | null;
  /** The chosen one; null is "Now". */
  number: number | null;
  isBusy: boolean;
  onCreate: () => void;
}

export function SnapshotList({
  snapshots,
  runs,
  since,
  latest,
  number,
  isBusy,
  onCreate,
}: SnapshotListProps) {
  const { project, may } = useProject();
  const home = `/p/${project.value.slug}/snapshots`;
  return (
    <aside class="list" aria-label="Snapshots">
      <header>
        <h1 class="grow">Snapshots</h1>
        {may("manager") && (
          <Button size="sm" busy={isBusy} onClick={onCreate} data-testid="snapshot-create">
            {isBusy ? "Starting" : "Snapshot"}
          </Button>
        )}
      </header>
      <ul>
        <li>
          <a class="ver" href={home} aria-current={number === null ? "page" : undefined}>
            <span class="v info">Now</span>
            <span>{nowText(since, latest)}</span>
            {hasChanged(since) && <span class="st">{changeText(since)}</span>}
          </a>
        </li>
        {snapshots.map((one) => (
          <li key={one.id}>
            <a
              class="ver"
              href={`${home}/${one.number}`}
              aria-current={number === one.number ? "page" : undefined}
              data-testid={`snapshot-${one.number}`}
              data-status={one.status}
            >
              <span class="v">v{one.number}</span>
              {one.status === "succeeded" ? (
                <span>{isWhole(one) ? counted(one.labelled_count, "labelled image") : partName(one)}</span>
              ) : (
                <span>
                  <StatusBadge status={one.status} />
                </span>
              )}
              {one.author && <Avatar person={one.author} />}
              <span class="st">{snapshotLine(one, runs)}</span>
            </a>
          </li>
        ))}
      </ul>
      <footer class="small faint">
        A snapshot never changes, not even when an image or a label is deleted later.
      </footer>
    </aside>
  );
}

function nowText(since: Since, latest: Snapshot | null): string {
  if (!latest) return counted(since.labelledNow, "labelled image");
  return hasChanged(since) ? `Changed since v${latest.number}` : `As in v${latest.number}`;
}

function changeText(since: Since): string {
  return `${signed(since.images)} images, ${signed(since.annotations)} annotations`;
}

function snapshotLine(snapshot: Snapshot, runs: readonly Run[]): string {
  const run = runs.find((one) => one.snapshot.id === snapshot.id && one.status === "succeeded");
  const figure = run && runFigure(run);
  const part = isWhole(snapshot) ? "" : counted(snapshot.image_count, "image");
  return [part, ago(snapshot.created_at), figure ? `run ${run.number} ${figure.name} ${figure.value}` : ""]
    .filter(Boolean)
    .join(", ");
}

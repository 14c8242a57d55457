import type { Run, Snapshot } from "../../api/types";
import { CancelButton } from "../../app/cancelButton";
import { useProject } from "../../app/project";
import { setQuery } from "../../app/router";
import { useOwnPrimary } from "../../app/shell/pagePrimary";
import { isWhole } from "../../training/wholeSnapshot";
import { StatusBadge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ago } from "../../ui/figures";
import { Hash } from "../../ui/hash";
import { Icon } from "../../ui/icons";

interface SnapshotHeadProps {
  snapshot: Snapshot;
  snapshots: readonly Snapshot[];
  runs: readonly Run[];
  put: (snapshot: Snapshot) => void;
}

/** Number, hash, who and when; download and train. */
export function SnapshotHead({ snapshot, snapshots, runs, put }: SnapshotHeadProps) {
  const { project, counts, may } = useProject();
  const isPrimary = isNext(snapshot, snapshots, runs) && may("manager") && counts.value.unlabelled === 0;
  useOwnPrimary(isPrimary);
  const isDone = snapshot.status === "succeeded";
  const isOpen = snapshot.status === "queued" || snapshot.status === "running";
  return (
    <div class="pagehead tight wraps">
      <a
        class="btn quiet icon phone-only"
        href={`/p/${project.value.slug}/snapshots`}
        aria-label="All snapshots"
      >
        <Icon name="left" />
      </a>
      <h2 class="title">{snapshot.name}</h2>
      <span data-testid="snapshot-status" data-status={snapshot.status}>
        {!isDone && <StatusBadge status={snapshot.status} />}
      </span>
      {isDone && <Hash sha256={snapshot.sha256} />}
      <span class="faint grow">
        {snapshot.author ? `by ${snapshot.author.name}, ` : ""}
        {ago(snapshot.created_at)}
      </span>
      {isOpen && may("manager") && (
        <CancelButton<Snapshot> at={`snapshots/${snapshot.id}`} name="snapshot" onCanceled={put} />
      )}
      {isDone && (
        <Button icon="download" onClick={() => setQuery({ download: "1" })} data-testid="download-open">
          Download
        </Button>
      )}
      {isDone && isWhole(snapshot) && may("manager") && (
        <Button
          look={isPrimary ? "primary" : "normal"}
          onClick={() => setQuery({ train: "1" })}
          data-testid="train-open"
        >
          Train
        </Button>
      )}
    </div>
  );
}

/** Whether training on this snapshot is the next step: it is the newest, and has no run yet. */
function isNext(snapshot: Snapshot, snapshots: readonly Snapshot[], runs: readonly Run[]): boolean {
  if (!isWhole(snapshot)) return false;
  const isNewest = snapshots.every((one) => one.number <= snapshot.number || !isWhole(one));
  return isNewest && snapshot.status === "succeeded" && runs.every((run) => run.snapshot.id !== snapshot.id);
}

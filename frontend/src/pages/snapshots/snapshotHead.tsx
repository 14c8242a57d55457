import { apiUrl } from "../../api/client";
import { fetchAll } from "../../api/fetchers";
import type { Format, Run, Snapshot } from "../../api/types";
import { CancelButton } from "../../app/cancelButton";
import { useProject } from "../../app/project";
import { setQuery } from "../../app/router";
import { useOwnPrimary } from "../../app/shell/pagePrimary";
import { StatusBadge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ago } from "../../ui/figures";
import { Hash } from "../../ui/hash";
import { Icon } from "../../ui/icons";
import { Menu, MenuLink } from "../../ui/menu";
import { useLoaded } from "../../ui/useLoaded";

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
      <h2 class="title">v{snapshot.number}</h2>
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
      {isDone && <DownloadMenu snapshot={snapshot} />}
      {isDone && may("manager") && (
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
  const isNewest = snapshots.every((one) => one.number <= snapshot.number);
  return isNewest && snapshot.status === "succeeded" && runs.every((run) => run.snapshot.id !== snapshot.id);
}

function DownloadMenu({ snapshot }: { snapshot: Snapshot }) {
  const { project } = useProject();
  const formats = useLoaded("formats", (signal) => fetchAll<Format>("formats/", signal));
  const at = `snapshots/${snapshot.id}`;
  return (
    <Menu
      align="right"
      trigger={
        <>
          <Icon name="download" />
          <span>Download</span>
          <Icon name="down" class="end" />
        </>
      }
    >
      {(formats.value ?? [])
        .filter((format) => format.writes && format.tasks.includes(project.value.task))
        .map((format) => (
          <MenuLink
            key={format.name}
            icon="download"
            href={apiUrl(`${at}/download/${format.name}/`)}
            download
            cost="zip"
          >
            {format.title}
          </MenuLink>
        ))}
      <MenuLink icon="list" href={apiUrl(`${at}/manifest/`)} download cost="jsonl">
        Manifest
      </MenuLink>
    </Menu>
  );
}

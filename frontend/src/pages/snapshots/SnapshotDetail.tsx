import { apiUrl } from "../../api/client";
import type { Format, Run, Snapshot } from "../../api/types";
import { useProject } from "../../app/project";
import { setQuery } from "../../app/router";
import { LabelBars } from "../../plots/LabelBars";
import { PlotPanel } from "../../plots/PlotPanel";
import { StatusBadge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ago, count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Menu, MenuLink } from "../../ui/menu";
import { Spinner } from "../../ui/progress";
import { useLoaded } from "../../ui/useLoaded";
import { Hash } from "../runs/Hash";
import { Stat } from "../runs/Stat";
import { catalogue } from "../runs/useModels";
import { DifferencePanel } from "./DifferencePanel";
import { failureText } from "./freeze";
import { RunsOfSnapshot } from "./RunsOfSnapshot";
import { SplitPanel } from "./SplitPanel";

interface SnapshotDetailProps {
  snapshot: Snapshot;
  snapshots: readonly Snapshot[];
  runs: readonly Run[];
}

/** One frozen state: its figures, balance, splits, difference, hash, downloads. */
export function SnapshotDetail({ snapshot, snapshots, runs }: SnapshotDetailProps) {
  return (
    <>
      <DetailHead snapshot={snapshot} />
      {snapshot.status === "succeeded" ? (
        <Contents snapshot={snapshot} snapshots={snapshots} runs={runs} />
      ) : (
        <Unfinished snapshot={snapshot} />
      )}
    </>
  );
}

function DetailHead({ snapshot }: { snapshot: Snapshot }) {
  const { project, may } = useProject();
  const isDone = snapshot.status === "succeeded";
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
      {isDone && <DownloadMenu snapshot={snapshot} />}
      {isDone && may("manager") && (
        <Button onClick={() => setQuery({ train: "1" })} data-testid="train-open">
          Train
        </Button>
      )}
    </div>
  );
}

function DownloadMenu({ snapshot }: { snapshot: Snapshot }) {
  const formats = useLoaded("formats", (signal) => catalogue<Format>("formats/", signal));
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
        .filter((format) => format.writes)
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

function Contents({ snapshot, snapshots, runs }: SnapshotDetailProps) {
  const { project } = useProject();
  const unit = project.value.task === "detection" ? "boxes" : "images";
  const bars = snapshot.labels.map((label) => ({
    name: label.name,
    color: label.color,
    count: label.annotation_count,
  }));
  return (
    <>
      <dl class="stats">
        <Stat
          name="Labelled"
          value={count(snapshot.labelled_count)}
          unit={`of ${count(snapshot.image_count)} images`}
        />
        <Stat
          name={project.value.task === "detection" ? "Boxes" : "Annotations"}
          value={count(snapshot.box_count)}
        />
        <Stat name="Labels" value={count(snapshot.labels.length)} />
      </dl>
      <div class="cols halves">
        <PlotPanel
          title="Label balance"
          fileName={`${project.value.slug}-v${snapshot.number}-labels`}
          table={{ columns: ["label", unit], rows: bars.map((bar) => [bar.name, bar.count]) }}
        >
          <LabelBars bars={bars} unit={unit} testId="label-balance" />
          <BalanceNote bars={bars} unit={unit} />
        </PlotPanel>
        <div class="stack">
          <SplitPanel snapshot={snapshot} />
          <DifferencePanel snapshot={snapshot} snapshots={snapshots} />
        </div>
      </div>
      <RunsOfSnapshot runs={runs.filter((run) => run.snapshot.id === snapshot.id)} />
    </>
  );
}

/** Names what training will find hard: labels with nothing, or very little beside the largest. */
function BalanceNote({ bars, unit }: { bars: readonly { name: string; count: number }[]; unit: string }) {
  const most = Math.max(0, ...bars.map((bar) => bar.count));
  const rare = bars.filter((bar) => bar.count * 20 < most);
  if (rare.length === 0) return null;
  return (
    <p class="small warn row plot-note">
      <Icon name="warn" />
      Few {unit}: {rare.map((bar) => bar.name).join(", ")}
    </p>
  );
}

function Unfinished({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.status === "failed") {
    return (
      <section class="panel outcome bad" role="alert">
        <Icon name="warn" />
        <div class="grow">
          <h2>This snapshot could not be written</h2>
          <p>{failureText(snapshot)}</p>
          <p class="dim">Images and labels are untouched. Make another one.</p>
        </div>
      </section>
    );
  }
  return (
    <section class="panel outcome">
      <Spinner />
      <p role="status">{snapshot.status === "queued" ? "Waiting for a worker." : "Writing the manifest."}</p>
    </section>
  );
}

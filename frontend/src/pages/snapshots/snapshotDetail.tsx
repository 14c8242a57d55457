import type { Run, Snapshot } from "../../api/types";
import { useProject } from "../../app/project";
import { TASKS } from "../../app/tasks";
import { LabelBars } from "../../plots/labelBars";
import { PlotPanel } from "../../plots/plotPanel";
import { failureText } from "../../training/makeSnapshot";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Spinner } from "../../ui/progress";
import { Stat } from "../../ui/stat";
import { waitingText } from "../../ui/waiting";
import { DifferencePanel } from "./differencePanel";
import { RunsOfSnapshot } from "./runsOfSnapshot";
import { SnapshotHead } from "./snapshotHead";
import { SplitPanel } from "./splitPanel";

interface ContentsProps {
  snapshot: Snapshot;
  snapshots: readonly Snapshot[];
  runs: readonly Run[];
}

interface SnapshotDetailProps extends ContentsProps {
  put: (snapshot: Snapshot) => void;
}

/** One frozen state: its figures, balance, splits, difference, hash, downloads. */
export function SnapshotDetail({ snapshot, snapshots, runs, put }: SnapshotDetailProps) {
  return (
    <>
      <SnapshotHead snapshot={snapshot} snapshots={snapshots} runs={runs} put={put} />
      {snapshot.status === "succeeded" ? (
        <Contents snapshot={snapshot} snapshots={snapshots} runs={runs} />
      ) : (
        <Unfinished snapshot={snapshot} />
      )}
    </>
  );
}

function Contents({ snapshot, snapshots, runs }: ContentsProps) {
  const { project } = useProject();
  const { annotations, unit } = TASKS[project.value.task];
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
        <Stat name={annotations} value={count(snapshot.box_count)} />
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
  if (snapshot.status === "canceled") {
    return (
      <section class="panel outcome">
        <p role="status">
          This snapshot was canceled and holds nothing. Images and labels are untouched. Make another one.
        </p>
      </section>
    );
  }
  return (
    <section class="panel outcome">
      <Spinner />
      <p role="status">{snapshot.status === "queued" ? waitingText(snapshot) : "Writing the manifest."}</p>
    </section>
  );
}

import type { Snapshot } from "../../api/types";
import { useProject } from "../../app/project";
import { setQuery } from "../../app/router";
import { LabelBars } from "../../plots/labelBars";
import { PlotPanel } from "../../plots/plotPanel";
import { hasChanged, type Since, signed } from "../../training/sinceSnapshot";
import { Button } from "../../ui/button";
import { count } from "../../ui/figures";
import { Stat } from "../../ui/stat";

interface NowDetailProps {
  since: Since;
  latest: Snapshot | null;
}

/** What is labelled now, and what of it no snapshot holds. */
export function NowDetail({ since, latest }: NowDetailProps) {
  const { project, counts, may } = useProject();
  const bars = project.value.labels.map((label) => ({
    name: label.name,
    color: label.color,
    count: label.annotation_count,
  }));
  const now = counts.value;
  return (
    <>
      <div class="pagehead tight">
        <h2 class="title grow">Now</h2>
        {may("manager") && (
          <Button
            onClick={() => setQuery({ train: "1" })}
            disabled={since.labelledNow === 0}
            data-testid="train-open"
          >
            Train
          </Button>
        )}
      </div>
      <dl class="stats">
        <Stat name="Labelled" value={count(since.labelledNow)} unit={`of ${count(now.images)} images`} />
        <Stat name="Annotations" value={count(now.annotations)} />
        <Stat name="Unlabelled" value={count(now.unlabelled)} unit="images" />
        {latest && <Stat name={`Since v${latest.number}`} value={signed(since.images)} unit="images" />}
        {latest && (
          <Stat name={`Since v${latest.number}`} value={signed(since.annotations)} unit="annotations" />
        )}
      </dl>
      <p class="dim">
        {latest && !hasChanged(since)
          ? `The counts are those of v${latest.number}. A snapshot now would hold moved or relabelled boxes only.`
          : "None of this can be trained on yet: a run needs a snapshot."}
      </p>
      {bars.some((bar) => bar.count > 0) && (
        <PlotPanel
          title="Label balance"
          fileName={`${project.value.slug}-now-labels`}
          table={{ columns: ["label", "annotations"], rows: bars.map((bar) => [bar.name, bar.count]) }}
        >
          <LabelBars bars={bars} unit="annotations" />
        </PlotPanel>
      )}
    </>
  );
}

import { useMemo } from "preact/hooks";
import type { Run } from "../../api/types";
import { useProject } from "../../app/project";
import { TASKS } from "../../app/tasks";
import { LineChart } from "../../plots/lineChart";
import { PlotPanel } from "../../plots/plotPanel";
import { tableOfSeries } from "../../plots/table";
import { lossSeries, type NamedEpochs, scoreSeries } from "./curves";

interface CurvePanelProps {
  run: Run;
  mine: NamedEpochs;
  other?: NamedEpochs | null;
}

/** The score on val by epoch, over the run it is compared with. */
export function ScorePanel({ run, mine, other = null }: CurvePanelProps) {
  const { key, title } = TASKS[useProject().project.value.task].headline;
  const series = useMemo(
    () => scoreSeries(key, mine, other),
    [key, mine.name, mine.epochs, other?.name, other?.epochs],
  );
  const summary = `${title} on the validation images by epoch: ${series.map((one) => one.name).join(" over ")}`;
  return (
    <PlotPanel
      title={`${title} on val`}
      fileName={`run-${run.number}-${key}`}
      table={tableOfSeries("epoch", series)}
      aside={<Waiting epochs={mine.epochs.length} />}
    >
      <LineChart
        summary={summary}
        series={series}
        xName="epoch"
        xLeast={[1, run.epochs]}
        ceiling={1}
        testId="curve"
      />
    </PlotPanel>
  );
}

/** The loss and its parts by epoch. */
export function LossPanel({ run, mine }: CurvePanelProps) {
  const series = useMemo(() => lossSeries(mine.epochs), [mine.epochs]);
  return (
    <PlotPanel
      title="Loss"
      fileName={`run-${run.number}-loss`}
      table={tableOfSeries("epoch", series)}
      aside={<Waiting epochs={mine.epochs.length} />}
    >
      <LineChart
        summary={`Loss on the training images by epoch: ${series.map(({ name }) => name).join(", ")}`}
        series={series}
        xName="epoch"
        xLeast={[1, run.epochs]}
        testId="curve-loss"
      />
    </PlotPanel>
  );
}

function Waiting({ epochs }: { epochs: number }) {
  return epochs === 0 ? <span class="small faint">The first point comes after epoch 1.</span> : null;
}

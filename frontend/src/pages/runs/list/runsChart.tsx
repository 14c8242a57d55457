import { useMemo } from "preact/hooks";
import type { Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { LineChart } from "../../../plots/lineChart";
import { PlotPanel } from "../../../plots/plotPanel";
import { tableOfSeries } from "../../../plots/table";
import { runsSeries } from "./runsSeries";

/** The score of each finished run: whether more labels helped. */
export function RunsChart({ runs }: { runs: readonly Run[] }) {
  const { project } = useProject();
  const score = TASKS[project.value.task].headline;
  const series = useMemo(() => runsSeries(runs, score), [runs, score]);
  const numbers = series[0]?.points.map((point) => point.x) ?? [];
  if (numbers.length < 2) return null;
  return (
    <PlotPanel
      title={`${score.title} by run`}
      fileName={`${project.value.slug}-runs`}
      table={tableOfSeries("run", series)}
      aside={<span class="small faint desk-only">each on the validation images of its own snapshot</span>}
    >
      <LineChart
        summary={`${score.title} by run`}
        series={series}
        xName="run"
        xLeast={[numbers[0] ?? 1, numbers.at(-1) ?? 1]}
        ceiling={1}
        height={180}
      />
    </PlotPanel>
  );
}

import { useMemo } from "preact/hooks";
import type { Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { LineChart } from "../../../plots/lineChart";
import { PlotPanel } from "../../../plots/plotPanel";
import { tableOfSeries } from "../../../plots/table";
import { scoreOf } from "../curves";
import { runsSeries } from "./runsSeries";

/** The score of each finished run: whether more labels helped. */
export function RunsChart({ runs }: { runs: readonly Run[] }) {
  const { project } = useProject();
  const score = scoreOf(project.value.task);
  const series = useMemo(() => runsSeries(runs, score.key, score.title), [runs, score.key, score.title]);
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

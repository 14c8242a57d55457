import { useMemo, useState } from "preact/hooks";
import type { Sweep, SweepCurve, SweepRow } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { LegendChart } from "../../../plots/legendChart";
import { PlotPanel } from "../../../plots/plotPanel";
import { tableOfSeries } from "../../../plots/table";
import { Segmented } from "../../../ui/choice";
import { axisName, type Names } from "./axes";
import { curveSeries, endSeries, lengthAxis } from "./curveSeries";

interface SweepCurvesProps {
  sweep: Sweep;
  rows: readonly SweepRow[];
  curves: readonly SweepCurve[];
  names: Names;
}

/** The score against iterations, one line a setting. */
export function SweepCurves({ sweep, rows, curves, names }: SweepCurvesProps) {
  const score = TASKS[useProject().project.value.task].headline;
  const length = lengthAxis(sweep.axes);
  const [shown, setShown] = useState<"curves" | "ends">("curves");
  const isEnds = shown === "ends" && length !== null;
  const series = useMemo(
    () =>
      isEnds
        ? endSeries(rows, length, sweep.axes, score.key, names)
        : curveSeries(rows, curves, sweep.axes, score.key, names),
    [isEnds, length, rows, curves, sweep.axes, score.key, names],
  );
  const xName = isEnds ? axisName(length).toLowerCase() : "iterations";
  const title = `${score.title} against ${xName}`;
  const choice = length && (
    <Segmented
      label="What is drawn"
      value={shown}
      choices={[
        { value: "curves", name: "As they train" },
        { value: "ends", name: "At their ends" },
      ]}
      onPick={setShown}
    />
  );
  return (
    <PlotPanel
      title={title}
      fileName={`sweep-${sweep.id}-${score.key}`}
      table={tableOfSeries(xName, series)}
      aside={choice || undefined}
    >
      {series.length === 0 ? (
        <p class="dim">The first points come with the first epoch.</p>
      ) : (
        <LegendChart
          summary={`${title}, ${series.length} lines`}
          series={series}
          xName={xName}
          ceiling={1}
          testId="sweep-curves"
        />
      )}
    </PlotPanel>
  );
}

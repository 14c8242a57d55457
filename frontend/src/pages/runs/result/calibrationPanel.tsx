import type { Calibration } from "../../../api/types";
import { LineChart } from "../../../plots/lineChart";
import { PlotPanel } from "../../../plots/plotPanel";
import type { Series } from "../../../plots/series";
import { tableOfSeries } from "../../../plots/table";
import { fraction } from "../../../ui/figures";

interface CalibrationPanelProps {
  calibration: Calibration;
  fileName: string;
}

/** Of answers with a score, how many are right: on the diagonal a score is a probability. */
export function CalibrationPanel({ calibration, fileName }: CalibrationPanelProps) {
  if (calibration.bins.length === 0) return null;
  const series: Series[] = [
    { name: "right", look: "main", points: calibration.bins.map((bin) => ({ x: bin.score, y: bin.right })) },
    {
      name: "as promised",
      look: "dashed",
      points: calibration.bins.map(({ score }) => ({ x: score, y: score })),
    },
  ];
  return (
    <PlotPanel
      title="Calibration"
      fileName={fileName}
      table={tableOfSeries("score", series)}
      aside={<span class="small faint">expected error {fraction(calibration.error)}</span>}
    >
      <LineChart
        summary={`Share of right answers by score; expected calibration error ${fraction(calibration.error)}`}
        series={series}
        xName="score"
        xLeast={[0, 1]}
        ceiling={1}
        digits={2}
        names="inside"
        height={236}
      />
    </PlotPanel>
  );
}

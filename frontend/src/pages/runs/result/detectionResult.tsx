import { useMemo, useState } from "preact/hooks";
import type { DetectionEvaluation, Run } from "../../../api/types";
import { LineChart } from "../../../plots/lineChart";
import { PlotPanel } from "../../../plots/plotPanel";
import { tableOfSeries } from "../../../plots/table";
import { fraction } from "../../../ui/figures";
import { ScoreSlider } from "../../../ui/scoreSlider";
import { CalibrationPanel } from "./calibrationPanel";
import { ConfusionPanel } from "./confusionPanel";
import { ImagesPanel } from "./imagesPanel";
import { sampleText } from "./judgedImages";
import { LabelTable } from "./labelTable";
import { bestScore, sweep, thresholdSeries } from "./threshold";

interface DetectionResultProps {
  run: Run;
  evaluation: DetectionEvaluation;
  before: DetectionEvaluation | null;
}

/** Per label, per threshold, per picture. One score drives the plot and the pictures. */
export function DetectionResult({ run, evaluation, before }: DetectionResultProps) {
  const points = useMemo(() => sweep(evaluation.predictions), [evaluation]);
  const best = bestScore(points);
  const [chosen, setChosen] = useState<number | null>(null);
  const score = chosen ?? best;
  const series = useMemo(() => thresholdSeries(points), [points]);
  const part = sampleText(evaluation.predictions, evaluation.image_count);
  return (
    <>
      <div class="cols halves">
        <LabelTable evaluation={evaluation} before={before} />
        <PlotPanel
          title="Precision and recall by score"
          fileName={`run-${run.number}-threshold`}
          table={tableOfSeries("score", series)}
          aside={
            <span class="small faint desk-only">
              {["IoU 0.50", `best F1 at ${best.toFixed(2)}`, part].filter(Boolean).join(", ")}
            </span>
          }
        >
          <LineChart
            summary={`Precision, recall and F1 by score threshold; F1 is best at ${best.toFixed(2)}`}
            series={series}
            xName="score"
            xLeast={[0.05, 0.95]}
            ceiling={1}
            mark={score}
            digits={2}
            names="inside"
            height={236}
          />
          <ScoreSlider value={score} onValue={setChosen} />
        </PlotPanel>
      </div>
      <div class="cols halves">
        {evaluation.confusion && (
          <ConfusionPanel
            names={[...evaluation.labels.map((label) => label.name), "background"]}
            counts={evaluation.confusion}
            fileName={`run-${run.number}-confusion`}
            note={`Boxes from score ${fraction(evaluation.threshold?.score ?? null, 2)} on.`}
          />
        )}
        {evaluation.calibration && (
          <CalibrationPanel calibration={evaluation.calibration} fileName={`run-${run.number}-calibration`} />
        )}
      </div>
      <ImagesPanel evaluation={evaluation} score={score} orderScore={best} onScore={setChosen} />
    </>
  );
}

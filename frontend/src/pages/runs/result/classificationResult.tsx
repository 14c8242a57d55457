import type { ClassificationEvaluation, Run } from "../../../api/types";
import { count, fraction } from "../../../ui/figures";
import { LabelName } from "../../../ui/label";
import { AnswersPanel } from "./answersPanel";
import { CalibrationPanel } from "./calibrationPanel";
import { ConfusionPanel } from "./confusionPanel";
import { useLabelColors } from "./useLabelColors";

interface ClassificationResultProps {
  run: Run;
  evaluation: ClassificationEvaluation;
}

/** Per label, what it confuses, and the pictures it got wrong. */
export function ClassificationResult({ run, evaluation }: ClassificationResultProps) {
  const names = evaluation.labels.map((label) => label.name);
  return (
    <>
      <div class="cols halves">
        <LabelScores evaluation={evaluation} />
        <ConfusionPanel
          names={names}
          counts={evaluation.confusion}
          fileName={`run-${run.number}-confusion`}
        />
      </div>
      {evaluation.calibration && (
        <CalibrationPanel calibration={evaluation.calibration} fileName={`run-${run.number}-calibration`} />
      )}
      <AnswersPanel evaluation={evaluation} />
    </>
  );
}

function LabelScores({ evaluation }: { evaluation: ClassificationEvaluation }) {
  const colorOf = useLabelColors();
  const rows = [...evaluation.labels].sort((a, b) => (b.f1 ?? -1) - (a.f1 ?? -1));
  return (
    <section class="panel" aria-label="By label">
      <header>
        <h2>By label</h2>
      </header>
      <div class="scroll-x">
        <table class="per-label">
          <thead>
            <tr>
              <th scope="col">Label</th>
              {["F1", "Precision", "Recall", "Images"].map((name) => (
                <th key={name} scope="col" class="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((label) => (
              <tr key={label.name}>
                <th scope="row">
                  <LabelName label={{ name: label.name, color: colorOf(label.name) }} />
                </th>
                <td class="num">
                  <b>{fraction(label.f1)}</b>
                </td>
                <td class="num">{fraction(label.precision)}</td>
                <td class="num">{fraction(label.recall)}</td>
                <td class="num">{count(label.truth_count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

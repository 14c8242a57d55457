import type { Comparison, Evaluation, Run } from "../../../api/types";
import { fraction } from "../../../ui/figures";
import { intervalText, measured, verdict, verdictText } from "./certainty";

interface CertaintyPanelProps {
  evaluation: Evaluation;
  comparison: Comparison | null;
  other: Run | null;
}

const TONES = { better: "good", worse: "bad", unclear: "dim" } as const;

/** What the numbers are worth: intervals, the paired change, other rules of counting, and what chose the epoch. */
export function CertaintyPanel({ evaluation, comparison, other }: CertaintyPanelProps) {
  const numbers = measured(evaluation);
  return (
    <section class="panel certainty" aria-label={`How sure on ${evaluation.split}`} data-testid="certainty">
      <ul>
        {numbers.map((one) => (
          <li key={one.key}>
            <b>{one.title}</b> {intervalText(one, evaluation.image_count)}
          </li>
        ))}
        {evaluation.task === "detection" && <DetectionNumbers evaluation={evaluation} />}
      </ul>
      {comparison && other && (
        <Verdict comparison={comparison} other={other} title={numbers[0]?.title ?? ""} />
      )}
      <p class="small faint">
        {evaluation.split === "test"
          ? "Ranges hold 95 % of resamples of these images."
          : "Ranges hold 95 % of resamples of these images. The best epoch was chosen on the same validation images, so new pictures may do a little worse."}
      </p>
    </section>
  );
}

function DetectionNumbers({ evaluation }: { evaluation: Extract<Evaluation, { task: "detection" }> }) {
  const { voc, threshold, calibration, sizes } = evaluation;
  return (
    <>
      {voc && (
        <li>
          <b>VOC mAP</b> {fraction(voc.AP_11_points)} by 11 points, {fraction(voc.AP_area)} by area
        </li>
      )}
      {threshold && (
        <li>
          <b>Best F1</b> {fraction(threshold.f1)} from score {fraction(threshold.score, 2)}: precision{" "}
          {fraction(threshold.precision)}, recall {fraction(threshold.recall)}
        </li>
      )}
      {calibration && (
        <li>
          <b>Calibration error</b> {fraction(calibration.error)}
        </li>
      )}
      {sizes && (
        <li>
          <b>Boxes</b> {sizes.small} small, {sizes.medium} medium, {sizes.large} large
        </li>
      )}
    </>
  );
}

function Verdict({ comparison, other, title }: { comparison: Comparison; other: Run; title: string }) {
  const change = comparison.changes[headline(comparison)];
  if (!change) {
    return (
      <p class="dim">
        Run {other.number} was not evaluated on the same images: nothing says which is better.
      </p>
    );
  }
  return (
    <p class={TONES[verdict(change)]} data-testid="verdict">
      {verdictText(title, change, comparison.image_count, other.number)}
    </p>
  );
}

function headline({ changes }: Comparison): "AP" | "accuracy" {
  return changes.accuracy ? "accuracy" : "AP";
}

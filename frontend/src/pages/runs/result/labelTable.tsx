import type { DetectionEvaluation } from "../../../api/types";
import { count, fraction } from "../../../ui/figures";
import { LabelName } from "../../../ui/label";
import { changeOf } from "./figureChanges";
import { FigureChange } from "./figureRow";
import { useLabelColors } from "./useLabelColors";

interface LabelTableProps {
  evaluation: DetectionEvaluation;
  before: DetectionEvaluation | null;
}

/** AP of each label, the best on top. */
export function LabelTable({ evaluation, before }: LabelTableProps) {
  const colorOf = useLabelColors();
  const rows = [...evaluation.labels].sort((a, b) => (b.AP ?? -1) - (a.AP ?? -1));
  const earlier = new Map(before?.labels.map((label) => [label.name, label.AP]));
  return (
    <section class="panel" aria-label="AP by label">
      <header>
        <h2 class="grow">AP by label</h2>
      </header>
      <div class="scroll-x">
        <table class="per-label">
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col" class="desk-only" />
              <th scope="col" class="num">
                AP
              </th>
              {before && (
                <th scope="col" class="num">
                  Change
                </th>
              )}
              <th scope="col" class="num">
                AP50
              </th>
              {["Precision", "Recall", "VOC07", "VOC10"].map((name) => (
                <th key={name} scope="col" class="num desk-only">
                  {name}
                </th>
              ))}
              <th scope="col" class="num">
                Boxes
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((label) => {
              const change = changeOf(label.AP, earlier.get(label.name));
              return (
                <tr key={label.name}>
                  <th scope="row">
                    <LabelName label={{ name: label.name, color: colorOf(label.name) }} />
                  </th>
                  <td class="desk-only meter-cell">
                    <span class="ap-bar" style={`--share:${label.AP ?? 0}`} aria-hidden="true" />
                  </td>
                  <td class="num">
                    <b>{fraction(label.AP)}</b>
                  </td>
                  {before && <td class="num">{change === null ? "–" : <FigureChange value={change} />}</td>}
                  <td class="num">{fraction(label.AP50)}</td>
                  <td class="num desk-only">{fraction(label.precision ?? null)}</td>
                  <td class="num desk-only">{fraction(label.recall ?? null)}</td>
                  <td class="num desk-only">{fraction(label.voc?.AP_11_points ?? null)}</td>
                  <td class="num desk-only">{fraction(label.voc?.AP_area ?? null)}</td>
                  <td class="num">{count(label.truth_count)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

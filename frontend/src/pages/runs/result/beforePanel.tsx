import type { Evaluation } from "../../../api/types";
import { fraction } from "../../../ui/figures";
import { LabelName } from "../../../ui/label";
import { verdict } from "./certainty";
import { changeOf, changeText } from "./figureChanges";
import { FigureChange } from "./figureRow";
import { useLabelColors } from "./useLabelColors";

type Before = NonNullable<Evaluation["before"]>;

const isClear = ({ change }: Before["labels"][number]): boolean =>
  change !== null && verdict(change) !== "unclear";

interface BeforePanelProps {
  before: Before;
  task: Evaluation["task"];
}

/** Each label before and after a run that went on with what was new, on the same validation images. */
export function BeforePanel({ before, task }: BeforePanelProps) {
  const colorOf = useLabelColors();
  const number = task === "detection" ? "AP" : "F1";
  return (
    <section class="panel" aria-label="Before and after" data-testid="before-after">
      <header class="wraps">
        <h2 class="grow">{number} before and after</h2>
        <span class="small faint">the run it began with, on the same validation images</span>
      </header>
      <div class="scroll-x">
        <table class="per-label">
          <thead>
            <tr>
              <th scope="col">Label</th>
              {["Before", "After", "Change"].map((name) => (
                <th key={name} scope="col" class="num">
                  {name}
                </th>
              ))}
              <th scope="col" class="num desk-only">
                95 % of resamples
              </th>
            </tr>
          </thead>
          <tbody>
            {before.labels.map((label) => {
              const change = changeOf(label.after, label.before);
              return (
                <tr key={label.name}>
                  <th scope="row">
                    <LabelName label={{ name: label.name, color: colorOf(label.name) }} />
                  </th>
                  <td class="num">{fraction(label.before)}</td>
                  <td class="num">
                    <b>{fraction(label.after)}</b>
                  </td>
                  <td class="num">
                    {change === null ? "–" : <FigureChange value={change} isClear={isClear(label)} />}
                  </td>
                  <td class="num desk-only">
                    {label.change
                      ? `${changeText(label.change.low)} to ${changeText(label.change.high)}`
                      : "–"}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

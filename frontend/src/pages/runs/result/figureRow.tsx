import type { Run } from "../../../api/types";
import { fraction } from "../../../ui/figures";
import { changeText, changeTone, type Figure } from "./figureChanges";

const TONES = { good: "good", bad: "bad", same: "faint" } as const;

/** The numbers in one row, each with its change against another run. */
export function FigureRow({ figures, other }: { figures: readonly Figure[]; other: Run | null }) {
  return (
    <dl class={`panel figures ${figures.length < 6 ? "few" : ""}`} data-testid="figures">
      {figures.map((figure) => (
        <div key={figure.key} data-testid={`figure-${figure.key}`}>
          <dt>{figure.title}</dt>
          <dd>{fraction(figure.value)}</dd>
          <dd class="change">
            {figure.change === null ? (
              <span class="faint">{figure.value === null ? "no such boxes" : ""}</span>
            ) : (
              <FigureChange value={figure.change} other={other} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** "+0.024", green or red; whom it is measured against is its tooltip and hidden text. */
export function FigureChange({ value, other }: { value: number; other?: Run | null }) {
  const against = other ? ` against run ${other.number}` : "";
  return (
    <span class={TONES[changeTone(value)]} title={`Change${against}`}>
      {changeText(value)}
      <span class="vh">{against}</span>
    </span>
  );
}

import type { Run } from "../../../api/types";
import { fraction } from "../../../ui/figures";
import { changeText, changeTone, type Figure } from "./figureChanges";

const TONES = { good: "good", bad: "bad", same: "faint" } as const;

interface FigureRowProps {
  figures: readonly Figure[];
  other: Run | null;
  /** Keys of the figures whose change is no accident. */
  clear: ReadonlySet<string>;
  testId?: string;
}

/** The numbers in one row, each with its change against another run. */
export function FigureRow({ figures, other, clear, testId = "figures" }: FigureRowProps) {
  return (
    <dl class={`panel figures ${figures.length < 6 ? "few" : ""}`} data-testid={testId}>
      {figures.map((figure) => (
        <div key={figure.key} data-testid={`figure-${figure.key}`}>
          <dt>{figure.title}</dt>
          <dd>{fraction(figure.value)}</dd>
          <dd class="change">
            {figure.change === null ? (
              <span class="faint">{figure.value === null ? "no such boxes" : ""}</span>
            ) : (
              <FigureChange value={figure.change} other={other} isClear={clear.has(figure.key)} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface FigureChangeProps {
  value: number;
  other?: Run | null;
  isClear?: boolean;
}

/** "+0.024", green or red where it is no accident; whom it is measured against is its tooltip and hidden text. */
export function FigureChange({ value, other, isClear = false }: FigureChangeProps) {
  const against = other ? ` against run ${other.number}` : "";
  return (
    <span class={isClear ? TONES[changeTone(value)] : "faint"} title={`Change${against}`}>
      {changeText(value)}
      <span class="vh">{against}</span>
    </span>
  );
}

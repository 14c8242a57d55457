import { Matrix } from "../../../plots/matrix";
import { PlotPanel } from "../../../plots/plotPanel";
import { rowShares } from "./answers";

interface ConfusionPanelProps {
  names: readonly string[];
  /** Rows are the truth, columns what the model said. */
  counts: readonly (readonly number[])[];
  fileName: string;
  note?: string;
}

/** What the model takes for what. */
export function ConfusionPanel({ names, counts, fileName, note = "" }: ConfusionPanelProps) {
  const table = {
    columns: ["truth \\ model", ...names],
    rows: counts.map((row, index) => [names[index] ?? "", ...row]),
  };
  return (
    <PlotPanel title="Confusion" fileName={fileName} table={table}>
      <Matrix names={names} counts={counts} shares={rowShares(counts)} />
      <p class="small faint plot-note">
        Rows: truth. Columns: the model's answer. Colour: share of the row. {note}
      </p>
    </PlotPanel>
  );
}

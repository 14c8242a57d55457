import { memo } from "preact/compat";
import type { LabelTarget } from "../../../api/types";
import { Select } from "../../../ui/field";
import { count } from "../../../ui/figures";
import { LabelDot } from "../../../ui/label";
import { type ReviewLabel, selectValue, type Targets, targetFrom } from "./mapping";

interface LabelRowProps {
  label: ReviewLabel;
  /** Of what it becomes; none where it is ignored. */
  color: string | undefined;
  target: LabelTarget | null;
  targets: Targets;
  disabled: boolean;
  pick: (name: string, target: LabelTarget) => void;
}

function optionsFor(target: LabelTarget | null, { labels, mayMakeNew }: Targets) {
  return [
    ...(target ? [] : [{ value: "", name: "Choose what it becomes" }]),
    ...(mayMakeNew ? [{ value: "new", name: "New label" }] : []),
    { value: "ignore", name: "Ignore" },
    ...labels.map(({ id, name }) => ({ value: String(id), name })),
  ];
}

/** Why this target is proposed. */
function noteOf({ match, similar }: ReviewLabel): string {
  if (!match) return "";
  return similar ? `${match.name} here: differs by case or blanks` : "Same name here";
}

/** Drawn again only where something of it changed: its select has all labels of the project. */
export const LabelRow = memo(function LabelRow(props: LabelRowProps) {
  const { label, color, target, targets, disabled, pick } = props;
  const note = noteOf(label);
  const isIgnored = target?.to === "ignore";
  return (
    <tr class={isIgnored ? "ignored" : ""}>
      <th scope="row">
        <span class="review-name">
          <LabelDot color={color ?? "var(--line-2)"} />
          <span class="preserved cut" title={label.name}>
            {label.name}
          </span>
        </span>
        {note && <span class="small faint review-note">{note}</span>}
      </th>
      <td class="num">{count(label.count)}</td>
      <td class={target ? "" : "open"}>
        <Select
          label={`${label.name} becomes`}
          value={selectValue(target)}
          options={optionsFor(target, targets)}
          disabled={disabled}
          onPick={(value) => value && pick(label.name, targetFrom(value))}
        />
      </td>
    </tr>
  );
});

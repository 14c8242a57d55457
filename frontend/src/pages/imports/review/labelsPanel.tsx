import { useState } from "preact/hooks";
import { Button, IconButton } from "../../../ui/button";
import { SearchField } from "../../../ui/field";
import { count, counted } from "../../../ui/figures";
import type { Colors } from "./colors";
import { LabelRow } from "./labelRow";
import { type Chosen, found, type ReviewLabel, type Targets, withTarget, withUnknown } from "./mapping";

/** Each row has a select with all labels of the project. */
const PAGE = 25;
const SEARCHED_FROM = 20;

interface LabelsPanelProps {
  labels: readonly ReviewLabel[];
  chosen: Chosen;
  colors: Colors;
  targets: Targets;
  disabled: boolean;
  choose: (chosen: Chosen) => void;
}

/** Each label of the archive, and what it becomes here. */
export function LabelsPanel({ labels, chosen, colors, targets, disabled, choose }: LabelsPanelProps) {
  const [text, setText] = useState("");
  const [start, setStart] = useState(0);
  const rows = found(labels, text);
  const unknown = labels.filter(({ match }) => !match).length;
  const search = (wanted: string) => {
    setText(wanted);
    setStart(0);
  };
  return (
    <section class="panel" aria-label="Labels">
      <header class="wraps labels-head">
        <h2>Labels</h2>
        <span class="small faint grow">{unknownText(labels.length, unknown)}</span>
        {labels.length > SEARCHED_FROM && (
          <SearchField value={text} onText={search} placeholder="Find a label" />
        )}
        {unknown > 1 && !disabled && (
          <span class="row">
            {targets.mayMakeNew && (
              <Button size="sm" onClick={() => choose(withUnknown(labels, chosen, "new"))}>
                Make all new
              </Button>
            )}
            <Button size="sm" onClick={() => choose(withUnknown(labels, chosen, "ignore"))}>
              Ignore all unknown
            </Button>
          </span>
        )}
      </header>
      <table class="review-labels">
        <thead>
          <tr>
            <th>In the archive</th>
            <th class="num">Annotations</th>
            <th>Becomes</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(start, start + PAGE).map((label) => (
            <LabelRow
              key={label.name}
              label={label}
              color={colors.get(label.name)}
              chosen={chosen}
              targets={targets}
              disabled={disabled}
              pick={(target) => choose(withTarget(chosen, label.name, target))}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="body dim">No label of the archive is called so.</p>}
      {rows.length > PAGE && <Pager start={start} all={rows.length} go={setStart} />}
    </section>
  );
}

function unknownText(all: number, unknown: number): string {
  if (unknown === 0) return all === 1 ? "The project knows it" : `The project knows all ${count(all)}`;
  return `${count(unknown)} of ${counted(all, "label")} not known here`;
}

function Pager({ start, all, go }: { start: number; all: number; go: (start: number) => void }) {
  const end = Math.min(all, start + PAGE);
  return (
    <p class="row review-pager">
      <span class="small faint grow" role="status">
        {count(start + 1)}–{count(end)} of {count(all)}
      </span>
      <IconButton
        icon="left"
        size="sm"
        label="Labels before"
        disabled={start === 0}
        onClick={() => go(start - PAGE)}
      />
      <IconButton
        icon="right"
        size="sm"
        label="Labels after"
        disabled={end === all}
        onClick={() => go(end)}
      />
    </p>
  );
}

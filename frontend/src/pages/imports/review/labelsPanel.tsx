import { useCallback, useState } from "preact/hooks";
import type { LabelTarget } from "../../../api/types";
import { Button, IconButton } from "../../../ui/button";
import { SearchField } from "../../../ui/field";
import { count, counted } from "../../../ui/figures";
import type { Colors } from "./colors";
import { LabelRow } from "./labelRow";
import {
  type Chosen,
  found,
  type ReviewLabel,
  type Targets,
  targetOf,
  withTarget,
  withUnknown,
} from "./mapping";

/** Each row has a select with all labels of the project: a page has at most so many options in all. */
const OPTIONS = 4000;
const LEAST_PAGE = 8;
const LARGEST_PAGE = 25;
const SEARCHED_FROM = 20;

interface LabelsPanelProps {
  labels: readonly ReviewLabel[];
  chosen: Chosen;
  colors: Colors;
  targets: Targets;
  disabled: boolean;
  choose: (next: (chosen: Chosen) => Chosen) => void;
}

/** Each label of the archive, and what it becomes here. */
export function LabelsPanel({ labels, chosen, colors, targets, disabled, choose }: LabelsPanelProps) {
  const [text, setText] = useState("");
  const [start, setStart] = useState(0);
  const pick = useCallback(
    (name: string, target: LabelTarget) => choose((old) => withTarget(old, name, target)),
    [choose],
  );
  const rows = found(labels, text);
  const size = pageSize(targets);
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
              <Button size="sm" onClick={() => choose((old) => withUnknown(labels, old, "new"))}>
                Make all new
              </Button>
            )}
            <Button size="sm" onClick={() => choose((old) => withUnknown(labels, old, "ignore"))}>
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
          {rows.slice(start, start + size).map((label) => (
            <LabelRow
              key={label.name}
              label={label}
              color={colors.get(label.name)}
              target={targetOf(label, chosen, targets)}
              targets={targets}
              disabled={disabled}
              pick={pick}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="body dim">No label of the archive is called so.</p>}
      {rows.length > size && <Pager size={size} start={start} all={rows.length} go={setStart} />}
    </section>
  );
}

function unknownText(all: number, unknown: number): string {
  if (unknown === 0) return all === 1 ? "The project knows it" : `The project knows all ${count(all)}`;
  return `${count(unknown)} of ${counted(all, "label")} not known here`;
}

function pageSize({ labels }: Targets): number {
  return Math.max(LEAST_PAGE, Math.min(LARGEST_PAGE, Math.floor(OPTIONS / (labels.length + 2))));
}

interface PagerProps {
  start: number;
  size: number;
  all: number;
  go: (start: number) => void;
}

function Pager({ start, size, all, go }: PagerProps) {
  const end = Math.min(all, start + size);
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
        onClick={() => go(start - size)}
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

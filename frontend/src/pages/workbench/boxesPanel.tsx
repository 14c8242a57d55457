import { useEffect, useRef, useState } from "preact/hooks";
import { type BoxAnnotation, flagsOf } from "../../annotator/core/annotation";
import { height, width } from "../../annotator/core/geometry";
import { lookOf } from "../../annotator/core/scene";
import { KeyHint } from "../../app/keyHint";
import { withKey } from "../../app/keys";
import { Button, IconButton } from "../../ui/button";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { LabelDot } from "../../ui/label";
import { BoxesMenu } from "./boxesMenu";
import { BoxFields } from "./boxFields";
import type { PageActions } from "./keys";
import type { WorkbenchState } from "./workbenchState";

const ROW = 28;
/** Rows painted beyond what is seen, above and below. */
const SPARE = 8;

export function sizeText({ box }: BoxAnnotation): string {
  return `${Math.round(width(box))} × ${Math.round(height(box))}`;
}

export function BoxesPanel({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const all = workbench.boxes.value;
  const hidden = workbench.hidden.value;
  return (
    <section class="boxes-panel" aria-label="Boxes">
      <header>
        <h2 class="grow">
          Boxes <span class="count">{count(all.length)}</span>
        </h2>
        {all.length + workbench.suggestions.value.length > 0 && <BoxesMenu workbench={workbench} />}
        <IconButton
          icon="eye"
          size="sm"
          label={withKey(hidden ? "Show boxes" : "Hide boxes", "hide")}
          aria-pressed={hidden}
          onClick={() => workbench.command({ name: "hide" })}
        />
      </header>
      {all.length === 0 ? (
        <NoBoxes workbench={workbench} page={page} />
      ) : (
        <BoxList workbench={workbench} all={all} />
      )}
      <BoxFields workbench={workbench} />
    </section>
  );
}

function NoBoxes({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const queue = workbench.queue.value;
  const isSettled = queue !== "unlabelled" && queue !== "skipped";
  if (!workbench.image.value) return null;
  if (!workbench.editable) return <p class="side-note faint">No boxes on this image.</p>;
  const advice =
    workbench.label.value === null ? "A box needs a label." : "Drag on the image to draw the first box.";
  return (
    <div class="side-note">
      <p>{isSettled ? "Marked as empty: training uses it too." : advice}</p>
      {workbench.whyNotTo(isSettled ? "unlabelled" : "labelled") === null && (
        <Button onClick={page.empty} data-testid="mark-empty">
          {isSettled ? "Back to Unlabelled" : "Nothing here"} <KeyHint of="empty" />
        </Button>
      )}
    </div>
  );
}

/** The parallel list of the canvas: one focus stop, arrows select, only the rows in sight are in the page. */
function BoxList({ workbench, all }: { workbench: WorkbenchState; all: readonly BoxAnnotation[] }) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [tall, setTall] = useState(600);
  const selected = workbench.selected.value;
  const at = all.findIndex(({ id }) => id === selected);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    setTall(element.clientHeight);
    if (at < 0) return;
    if (at * ROW < element.scrollTop) element.scrollTop = at * ROW;
    else if ((at + 1) * ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = (at + 1) * ROW - element.clientHeight;
    }
  }, [at, all.length]);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const last = Math.min(all.length, Math.ceil((top + tall) / ROW) + SPARE);
  const pick = (index: number): void =>
    workbench.dispatch({
      type: "select",
      id: all[Math.min(Math.max(index, 0), all.length - 1)]?.id ?? null,
      reveal: true,
    });
  const chosen = workbench.chosen.value;
  const pickBy = (event: MouseEvent, index: number): void => {
    const id = all[index]?.id;
    if (!id) return;
    const rows = all.slice(Math.min(at, index), Math.max(at, index) + 1).map((one) => one.id);
    if (event.ctrlKey || event.metaKey) workbench.command({ name: "toggle", id });
    else if (event.shiftKey && at >= 0)
      workbench.command({ name: "choose", ids: [...rows.filter((one) => one !== id), id] });
    else pick(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    pick(to);
  };
  return (
    <div
      ref={list}
      class="rows box-list"
      role="listbox"
      aria-label="Boxes on this image"
      aria-multiselectable={true}
      aria-activedescendant={at < 0 ? undefined : `box-${selected}`}
      tabIndex={0}
      data-testid="box-list"
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div style={{ height: first * ROW }} />
      {all.slice(first, last).map((one, index) => (
        <BoxRow
          key={one.id}
          workbench={workbench}
          one={one}
          isOn={chosen.includes(one.id)}
          position={first + index + 1}
          total={all.length}
          pick={(event) => pickBy(event, first + index)}
        />
      ))}
      <div style={{ height: (all.length - last) * ROW }} />
    </div>
  );
}

interface RowProps {
  readonly workbench: WorkbenchState;
  readonly one: BoxAnnotation;
  readonly isOn: boolean;
  readonly position: number;
  readonly total: number;
  readonly pick: (event: MouseEvent) => void;
}

function BoxRow({ workbench, one, isOn, position, total, pick }: RowProps) {
  const look = lookOf(workbench.looks.value, one.label);
  const flags = flagsOf(one);
  const conflict = workbench.entry.value?.conflicts[one.id] !== undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, this is its active descendant
    <div
      id={`box-${one.id}`}
      class={`li ${isOn ? "on" : ""}`}
      role="option"
      aria-selected={isOn}
      aria-posinset={position}
      aria-setsize={total}
      data-testid="box-row"
      data-id={one.id}
      data-label={look.name}
      onClick={pick}
    >
      <LabelDot {...look} />
      <span class="cut grow">{look.name || "no label"}</span>
      {flags.length > 0 && (
        <span class="faint" title={flags.join(", ")}>
          {flags.map((flag) => flag[0]).join(" ")}
        </span>
      )}
      {workbench.locked.value.has(one.id) && <Icon name="lock" />}
      {workbench.concealed.value.has(one.id) && <span class="faint">hidden</span>}
      {conflict && <span class="warn">conflict</span>}
      <span class="faint size">{sizeText(one)}</span>
    </div>
  );
}

/** Pick a label by name: in a dialog, for projects with more labels than digits, or beside a box that was just drawn. */
import "./labelPicker.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { labelKeys } from "../annotator/core/labelKeys";
import type { Label } from "../api/types";
import { Dialog } from "../ui/dialog";
import { useSubmit } from "../ui/form";
import { Icon } from "../ui/icons";
import { LabelDot, patternsOf } from "../ui/label";
import { addLabel } from "./addLabel";
import { labelsFor, newName } from "./labelSearch";
import { useProject } from "./project";

interface LabelPickerProps {
  readonly labels: readonly Label[];
  readonly recent: readonly number[];
  readonly pick: (index: number) => void;
  readonly close: () => void;
}

export function LabelPicker(props: LabelPickerProps) {
  return (
    <Dialog title="Pick a label" close={props.close}>
      <div class="body label-picker">
        <LabelFinder {...props} />
      </div>
    </Dialog>
  );
}

/** A field, and the labels that it finds. Who may adds one by typing a name that none has. */
export function LabelFinder({ labels, recent, pick, close }: LabelPickerProps) {
  const state = useProject();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const patterns = patternsOf(labels);
  const found = labelsFor(labels, text, recent);
  const name = state.may("manager") ? newName(labels, text) : null;
  const adding = useSubmit([], async () => {
    const label = name && (await addLabel(state, name));
    if (label) choose(state.project.peek().labels.findIndex(({ id }) => id === label.id));
  });
  const choose = (index: number): void => {
    close();
    pick(index);
  };
  const take = (row: number): void => {
    const label = found[row];
    if (label) choose(label.index);
    else if (name) void adding.submit();
  };
  const count = found.length + Number(name !== null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      setAt(Math.min(Math.max(at + by, 0), count - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(at);
    }
  };
  const idOf = (row: number): string => `label-picker-${found[row]?.label.id ?? "new"}`;
  return (
    <div class="label-finder" data-testid="label-picker">
      <div class="field find">
        <Icon name="search" />
        <input
          type="text"
          maxLength={100}
          aria-controls="label-picker-list"
          aria-activedescendant={at < count ? idOf(at) : undefined}
          aria-label="Label's name"
          placeholder="Label's name"
          value={text}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
        />
      </div>
      <div class="rows" id="label-picker-list" role="listbox" aria-label="Labels">
        {found.map(({ label, index }, row) => (
          <Row key={label.id} id={idOf(row)} isOn={row === at} take={() => take(row)}>
            <LabelDot color={label.color} pattern={patterns[index]} />
            <span class="cut grow">{label.name}</span>
            {labelKeys(index) && <kbd>{labelKeys(index)}</kbd>}
          </Row>
        ))}
        {name && (
          <Row id={idOf(found.length)} isOn={at === found.length} take={() => take(found.length)}>
            <Icon name="plus" />
            <span class="cut grow">Add label “{name}”</span>
          </Row>
        )}
        {count === 0 && <p class="side-note faint">No label has this name.</p>}
      </div>
      {adding.general && (
        <p class="small bad" role="alert">
          {adding.general}
        </p>
      )}
    </div>
  );
}

interface RowProps {
  id: string;
  isOn: boolean;
  take: () => void;
  children: ComponentChildren;
}

function Row({ id, isOn, take, children }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, this is its active descendant
    <div id={id} class={`li ${isOn ? "on" : ""}`} role="option" aria-selected={isOn} onClick={take}>
      {children}
    </div>
  );
}

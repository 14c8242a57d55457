/** Pick a label by name: in a dialog, for projects with more labels than digits, or beside a box that was just drawn. */
import "./labelPicker.css";
import { useState } from "preact/hooks";
import type { Label } from "../api/types";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { LabelDot } from "../ui/label";
import { labelsFor } from "./labelSearch";

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

/** A field, and the labels that it finds. */
export function LabelFinder({ labels, recent, pick, close }: LabelPickerProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = labelsFor(labels, text, recent);
  const choose = (index: number | undefined): void => {
    if (index === undefined) return;
    close();
    pick(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      setAt(Math.min(Math.max(at + by, 0), found.length - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(found[at]?.index);
    }
  };
  return (
    <div class="label-finder" data-testid="label-picker">
      <div class="field find">
        <Icon name="search" />
        <input
          type="text"
          aria-controls="label-picker-list"
          aria-activedescendant={found[at] ? `label-picker-${found[at].label.id}` : undefined}
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
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, this is its active descendant
          <div
            key={label.id}
            id={`label-picker-${label.id}`}
            class={`li ${row === at ? "on" : ""}`}
            role="option"
            aria-selected={row === at}
            onClick={() => choose(index)}
          >
            <LabelDot color={label.color} />
            <span class="cut grow">{label.name}</span>
            {index < 9 && <kbd>{index + 1}</kbd>}
          </div>
        ))}
        {found.length === 0 && <p class="side-note faint">No label has this name.</p>}
      </div>
    </div>
  );
}

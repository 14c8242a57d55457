import { useLayoutEffect, useRef } from "preact/hooks";
import { Button, IconButton } from "../../ui/button";
import { ColorPicker } from "../../ui/colorPicker";
import { nextColor, patternsOf } from "../../ui/label";
import { namesFault } from "../../ui/labelNames";

export interface InputLabel {
  key: number;
  name: string;
  color: string;
}

export function filled(labels: InputLabel[]): { name: string; color: string }[] {
  return labels
    .map((label) => ({ name: label.name.trim(), color: label.color }))
    .filter((label) => label.name !== "");
}

export function faultOf(labels: InputLabel[]): string | undefined {
  return namesFault(filled(labels).map((label) => label.name));
}

let nextKey = 1;

function emptyInput(labels: InputLabel[]): InputLabel {
  return { key: nextKey++, name: "", color: nextColor(labels.map((label) => label.color)) };
}

interface LabelInputsProps {
  labels: InputLabel[];
  change: (labels: InputLabel[]) => void;
}

/** The labels of a project to be: Enter goes on to the next one. */
export function LabelInputs({ labels, change }: LabelInputsProps) {
  const list = useRef<HTMLUListElement>(null);
  const focusLast = useRef(false);
  useLayoutEffect(() => {
    if (focusLast.current) list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus();
    focusLast.current = false;
  }, [labels.length]);
  const add = () => {
    focusLast.current = true;
    change([...labels, emptyInput(labels)]);
  };
  const set = (key: number, part: Partial<InputLabel>) =>
    change(labels.map((label) => (label.key === key ? { ...label, ...part } : label)));
  const onKeyDown = (event: KeyboardEvent, label: InputLabel) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (label.name.trim()) add();
    }
    if (event.key === "Backspace" && label.name === "") {
      event.preventDefault();
      focusLast.current = labels.length > 1;
      change(labels.filter((other) => other.key !== label.key));
    }
  };
  const fault = faultOf(labels);
  const patterns = patternsOf(labels);
  return (
    <div class="form-row">
      <span class="label">Labels</span>
      {labels.length === 0 && (
        <span class="hint">What the boxes are of. They can also come later, or with an import.</span>
      )}
      <ul class="label-drafts" ref={list}>
        {labels.map((label, index) => (
          <li key={label.key}>
            <ColorPicker
              color={label.color}
              pattern={patterns[index]}
              onPick={(color) => set(label.key, { color })}
            />
            <span class="field grow">
              <input
                value={label.name}
                maxLength={100}
                aria-label={`Name of label ${index + 1}`}
                placeholder="Name"
                onInput={(event) => set(label.key, { name: event.currentTarget.value })}
                onKeyDown={(event) => onKeyDown(event, label)}
              />
            </span>
            <IconButton
              icon="x"
              label={`Remove label ${label.name || index + 1}`}
              onClick={() => change(labels.filter((other) => other.key !== label.key))}
            />
          </li>
        ))}
      </ul>
      {fault && (
        <span class="fault" role="alert">
          {fault}
        </span>
      )}
      <div>
        <Button icon="plus" size="sm" onClick={add}>
          Add label
        </Button>
      </div>
    </div>
  );
}

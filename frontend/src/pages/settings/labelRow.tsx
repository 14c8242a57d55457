import { useEffect, useState } from "preact/hooks";
import { labelKeys } from "../../annotator/core/labelKeys";
import type { Label } from "../../api/types";
import { ColorPicker } from "../../ui/colorPicker";
import { counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import type { Labels } from "./useLabels";

interface LabelRowProps {
  label: Label;
  index: number;
  /** As on its boxes. */
  pattern: number | undefined;
  count: number;
  editable: boolean;
  /** The row that is being dragged, by index. */
  dragged: number | null;
  setDragged: (index: number | null) => void;
  labels: Labels;
  ask: (deed: "merge" | "remove") => void;
}

/** Saves on Enter and when the field is left; Escape gives the old name back. */
function NameField({ label, save }: { label: Label; save: (name: string) => void }) {
  const [text, setText] = useState(label.name);
  useEffect(() => setText(label.name), [label.name]);
  const commit = () => {
    const name = text.trim();
    if (name && name !== label.name) save(name);
    else setText(label.name);
  };
  return (
    <span class="field bare grow">
      <input
        value={text}
        maxLength={100}
        aria-label={`Name of label ${label.name}`}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setText(label.name);
        }}
      />
    </span>
  );
}

export function LabelRow(props: LabelRowProps) {
  const { label, index, pattern, count, editable, dragged, setDragged, labels, ask } = props;
  const [armed, setArmed] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (dragged !== null && dragged !== index) void labels.move(dragged, index);
    setDragged(null);
  };
  return (
    <li
      class={dragged === index ? "label-row dragged" : "label-row"}
      draggable={armed}
      onDragStart={() => setDragged(index)}
      onDragEnd={() => {
        setArmed(false);
        setDragged(null);
      }}
      onDragOver={(event) => dragged !== null && event.preventDefault()}
      onDrop={drop}
    >
      {editable && (
        <span
          class="grip"
          aria-hidden="true"
          onPointerDown={() => setArmed(true)}
          onPointerUp={() => setArmed(false)}
        >
          <Icon name="grip" />
        </span>
      )}
      <ColorPicker
        color={label.color}
        pattern={pattern}
        disabled={!editable}
        onPick={(color) => void labels.change(label, { color })}
      />
      {editable ? (
        <NameField label={label} save={(name) => void labels.change(label, { name })} />
      ) : (
        <span class="grow cut">{label.name}</span>
      )}
      {labelKeys(index) && <kbd>{labelKeys(index)}</kbd>}
      <span class="label-count">{counted(label.annotation_count, "annotation")}</span>
      {editable && (
        <Menu
          look="btn quiet icon sm"
          align="right"
          label={`Label ${label.name}: more`}
          trigger={<Icon name="dots" />}
        >
          <MenuItem icon="up" disabled={index === 0} onClick={() => void labels.move(index, index - 1)}>
            Move up
          </MenuItem>
          <MenuItem
            icon="down"
            disabled={index === count - 1}
            onClick={() => void labels.move(index, index + 1)}
          >
            Move down
          </MenuItem>
          <MenuItem icon="layers" disabled={count < 2} onClick={() => ask("merge")}>
            Merge into another
          </MenuItem>
          <hr />
          <MenuItem icon="trash" danger onClick={() => ask("remove")}>
            Delete
          </MenuItem>
        </Menu>
      )}
    </li>
  );
}

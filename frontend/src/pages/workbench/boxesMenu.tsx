/** What one does to several boxes at once: to those selected, to those of a label, to all others. */
import { lookOf } from "../../annotator/core/scene";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import type { WorkbenchState } from "./workbenchState";

export function BoxesMenu({ workbench }: { workbench: WorkbenchState }) {
  const { boxes, chosen, concealed, locked, target, label, looks } = workbench;
  const of = target.value?.label ?? label.value;
  const { name } = lookOf(looks.value, of);
  const alike = boxes.value.filter((one) => one.label === of).map(({ id }) => id);
  const hasChosen = chosen.value.length > 0;
  const { command } = workbench;
  return (
    <Menu
      trigger={<Icon name="dots" />}
      label="Select, hide and lock boxes"
      look="btn quiet icon sm"
      align="right"
    >
      <MenuItem onClick={() => command({ name: "all" })}>Select all</MenuItem>
      {alike.length > 0 && (
        <MenuItem onClick={() => command({ name: "choose", ids: alike })}>Select all of {name}</MenuItem>
      )}
      <hr />
      {hasChosen && (
        <MenuItem onClick={() => command({ name: "conceal", ids: "chosen" })}>
          Hide or show the selected
        </MenuItem>
      )}
      {hasChosen && (
        <MenuItem onClick={() => command({ name: "conceal", ids: "others" })}>
          Hide or show all others
        </MenuItem>
      )}
      {alike.length > 0 && (
        <MenuItem onClick={() => command({ name: "conceal", ids: alike })}>
          Hide or show all of {name}
        </MenuItem>
      )}
      {concealed.value.size > 0 && (
        <MenuItem onClick={() => command({ name: "conceal", ids: [...concealed.value] })}>Show all</MenuItem>
      )}
      {workbench.editable && (
        <>
          <hr />
          {hasChosen && (
            <MenuItem onClick={() => command({ name: "lock", ids: "chosen" })}>
              Lock or unlock the selected
            </MenuItem>
          )}
          {hasChosen && (
            <MenuItem onClick={() => command({ name: "lock", ids: "others" })}>
              Lock or unlock all others
            </MenuItem>
          )}
          {alike.length > 0 && (
            <MenuItem onClick={() => command({ name: "lock", ids: alike })}>
              Lock or unlock all of {name}
            </MenuItem>
          )}
          {locked.value.size > 0 && (
            <MenuItem onClick={() => command({ name: "lock", ids: [...locked.value] })}>Unlock all</MenuItem>
          )}
        </>
      )}
    </Menu>
  );
}

/** What one does to several boxes at once: to those selected, to all others, to those of a label. */
import { lookOf } from "../../annotator/core/scene";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import type { WorkbenchState } from "./workbenchState";

interface Group {
  readonly name: string;
  readonly ids: readonly string[];
}

/** The groups that have boxes. */
function groupsOf(workbench: WorkbenchState): Group[] {
  const { boxes, chosen, target, label, looks } = workbench;
  const of = target.value?.label ?? label.value;
  const idsWhere = (isIn: (id: string, label: number) => boolean): string[] =>
    boxes.value.filter((one) => isIn(one.id, one.label)).map(({ id }) => id);
  const groups = [
    { name: "the selected", ids: chosen.value },
    { name: "all others", ids: chosen.value.length > 0 ? idsWhere((id) => !chosen.value.includes(id)) : [] },
    { name: `all of ${lookOf(looks.value, of).name}`, ids: idsWhere((_, label) => label === of) },
  ];
  return groups.filter(({ ids }) => ids.length > 0);
}

export function BoxesMenu({ workbench }: { workbench: WorkbenchState }) {
  const { command, concealed, locked } = workbench;
  const groups = groupsOf(workbench);
  const alike = groups.at(-1);
  const switches = (name: "conceal" | "lock", on: string, off: string) => {
    const now = name === "lock" ? locked.value : concealed.value;
    const all = { name: "all", ids: [...now] };
    const isMixed = now.size > 0 && groups.every(({ ids }) => !ids.every((id) => now.has(id)));
    return (isMixed ? [...groups, all] : groups).map((group) => (
      <MenuItem key={`${name} ${group.name}`} onClick={() => command({ name, ids: group.ids })}>
        {group.ids.every((id) => now.has(id)) ? off : on} {group.name}
      </MenuItem>
    ));
  };
  return (
    <Menu
      trigger={<Icon name="dots" />}
      label="Select, hide and lock boxes"
      look="btn quiet icon sm"
      align="right"
    >
      <MenuItem onClick={() => command({ name: "all" })}>Select all</MenuItem>
      {alike && (
        <MenuItem onClick={() => command({ name: "choose", ids: alike.ids })}>Select {alike.name}</MenuItem>
      )}
      <hr />
      {switches("conceal", "Hide", "Show")}
      {workbench.editable && <hr />}
      {workbench.editable && switches("lock", "Lock", "Unlock")}
    </Menu>
  );
}

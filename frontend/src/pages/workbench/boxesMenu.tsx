/** What one does to several boxes at once: to those selected, to all others, to those of a label. */
import type { BoxAnnotation } from "../../annotator/core/annotation";
import { lookOf } from "../../annotator/core/scene";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import type { WorkbenchState } from "./workbenchState";

interface Group {
  readonly name: string;
  readonly ids: readonly string[];
}

/** The groups that have some of these. */
function groupsOf(workbench: WorkbenchState, among: readonly BoxAnnotation[]): Group[] {
  const { chosen, target, label, looks } = workbench;
  const of = target.value?.label ?? label.value;
  const mine = new Set(chosen.value);
  const idsWhere = (isIn: (one: BoxAnnotation) => boolean): string[] =>
    among.filter(isIn).map(({ id }) => id);
  const groups = [
    { name: "the selected", ids: idsWhere(({ id }) => mine.has(id)) },
    { name: "all others", ids: idsWhere(({ id }) => mine.size > 0 && !mine.has(id)) },
    { name: `all of ${lookOf(looks.value, of).name}`, ids: idsWhere((one) => one.label === of) },
  ];
  return groups.filter(({ ids }) => ids.length > 0);
}

export function BoxesMenu({ workbench }: { workbench: WorkbenchState }) {
  const { command, boxes, suggestions, concealed, locked } = workbench;
  const groups = groupsOf(workbench, boxes.value);
  const alike = groups.at(-1);
  const switches = (
    name: "conceal" | "lock",
    groups: readonly Group[],
    now: ReadonlySet<string>,
    [on, off]: [string, string],
  ) => {
    const all = { name: "all", ids: [...now] };
    const isMixed = now.size > 0 && groups.every(({ ids }) => !ids.every((id) => now.has(id)));
    return (isMixed ? [...groups, all] : groups).map((group) => (
      <MenuItem key={`${name} ${group.name}`} onClick={() => command({ name, ids: group.ids })}>
        {group.ids.every((id) => now.has(id)) ? off : on} {group.name}
      </MenuItem>
    ));
  };
  // A label's suggestions are hidden with its boxes; a lock is for boxes alone.
  const hideable = groupsOf(workbench, [...boxes.value, ...suggestions.value]);
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
      {switches("conceal", hideable, concealed.value, ["Hide", "Show"])}
      {workbench.editable && groups.length > 0 && <hr />}
      {workbench.editable && switches("lock", groups, locked.value, ["Lock", "Unlock"])}
    </Menu>
  );
}

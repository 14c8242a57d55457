import { useEffect, useState } from "preact/hooks";
import { filterBody, type ImageFilter } from "../../api/imageLists";
import type { Queue } from "../../api/types";
import { changeImages } from "../../app/bulkChanges";
import { LabelPicker } from "../../app/labelPicker";
import { useProject } from "../../app/project";
import { userId } from "../../app/session";
import { TASKS } from "../../app/tasks";
import { Confirm } from "../../ui/confirm";
import { count, counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import type { ImageList } from "./gallery/useImages";
import { TABS } from "./queueTabs";
import { useMembers } from "./useMembers";
import type { Selection } from "./useSelection";

interface SelectionBarProps {
  filter: ImageFilter;
  list: ImageList;
  selection: Selection;
}

interface AssigneesProps {
  team: string;
  /** Null: to nobody. */
  assign: (person: number | null) => void;
}

/** Whom the queue can hand them out to first. */
function Assignees({ team, assign }: AssigneesProps) {
  const people = useMembers(team).filter(({ role }) => role !== "viewer");
  return (
    <>
      {people.map(({ user }) => (
        <MenuItem key={user.id} onClick={() => assign(user.id)}>
          {user.name}
        </MenuItem>
      ))}
      <hr />
      <MenuItem onClick={() => assign(null)}>Nobody</MenuItem>
    </>
  );
}

type Asking = "delete" | "label" | null;

/** What can be done with the selected images, at once. */
export function SelectionBar({ filter, list, selection }: SelectionBarProps) {
  const { project, may } = useProject();
  const { selected, total, clear } = selection;
  const [asking, setAsking] = useState<Asking>(null);
  const isEmpty = selected.size === 0;
  useEffect(() => {
    if (isEmpty) return;
    const onKeyDown = (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && clear();
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [isEmpty]);
  if (isEmpty) return null;
  const { id, task, labels } = project.value;
  const { hasBoxes } = TASKS[task];
  const images = total?.has_more
    ? `${count(total.total)}+ images`
    : counted(total?.total ?? selected.size, "image");
  const which = total === null ? { images: [...selected] } : { filter: filterBody(filter) };
  const change = async (deed: string, more: object = {}): Promise<void> => {
    const made = await changeImages(`projects/${id}/images/${deed}/`, { ...which, ...more }, list.refresh);
    if (!made) return;
    if (deed === "delete" && made.done_count > 0) list.remove(selected);
    clear();
  };
  const move = (queue: Queue) => void change("move", { queue });
  const hasMine = list.images.some(
    (image) => selected.has(image.id) && image.assigned_to?.id === userId.value,
  );
  // Of a list of one label, that label's boxes are meant.
  const only = hasBoxes && filter.label ? { from_label: Number(filter.label) } : {};
  return (
    <>
      <div class="toast selection" role="toolbar" aria-label="Selection">
        <span>
          {images}
          <span class="desk-only"> selected</span>
        </span>
        <Menu direction="up" look="" trigger="Move">
          {TABS.map(
            ({ value, name }) =>
              value !== "all" &&
              (value !== "done" || may("manager")) && (
                <MenuItem key={value} onClick={() => move(value)}>
                  {name}
                </MenuItem>
              ),
          )}
        </Menu>
        {labels.length > 0 && (
          <button type="button" onClick={() => setAsking("label")}>
            {hasBoxes ? "Relabel" : "Label"}
          </button>
        )}
        {hasMine && !may("manager") && (
          <button type="button" onClick={() => void change("give-back")}>
            Give back
          </button>
        )}
        {may("manager") && (
          <Menu direction="up" look="" trigger="Assign">
            <Assignees
              team={project.value.team.slug}
              assign={(person) => void change("assign", { person })}
            />
          </Menu>
        )}
        {may("manager") && (
          <button type="button" onClick={() => setAsking("delete")}>
            Delete
          </button>
        )}
        <button type="button" class="icon" aria-label="Clear selection" onClick={clear}>
          <Icon name="x" />
        </button>
      </div>
      {asking === "label" && (
        <LabelPicker
          labels={labels}
          recent={[]}
          pick={(index) => void change("label", { label: project.peek().labels[index]?.id, ...only })}
          close={() => setAsking(null)}
        />
      )}
      {asking === "delete" && (
        <Confirm deed={`Delete ${images}`} close={() => setAsking(null)} run={() => change("delete")}>
          They lie in the Trash for 30 days with their annotations. Snapshots keep them.
        </Confirm>
      )}
    </>
  );
}

import type { Command } from "../../annotator/core/commands";
import { SHORTCUTS, type ShortcutId } from "../../annotator/core/shortcuts";
import { withKey } from "../../app/keys";
import { Icon, type IconName } from "../../ui/icons";
import type { PageActions } from "./keys";
import type { WorkbenchState } from "./workbenchState";

interface Tool {
  readonly id: ShortcutId;
  readonly icon: IconName;
  readonly label: string;
  readonly edits: boolean;
  /** Only for boxes, not in a classification project. */
  readonly boxes: boolean;
}

const GROUPS: readonly (readonly Tool[])[] = [
  [
    {
      id: "select",
      icon: "select",
      label: "Select",
      edits: false,
      boxes: true,
    },
    {
      id: "draw",
      icon: "box",
      label: "Draw a box by a drag",
      edits: true,
      boxes: true,
    },
    {
      id: "corners",
      icon: "corners",
      label: "Draw a box by two clicks",
      edits: true,
      boxes: true,
    },
    {
      id: "extreme",
      icon: "extreme",
      label: "Draw a box by four extreme points",
      edits: true,
      boxes: true,
    },
    {
      id: "pan",
      icon: "hand",
      label: "Pan",
      edits: false,
      boxes: true,
    },
  ],
  [
    {
      id: "undo",
      icon: "undo",
      label: "Undo",
      edits: true,
      boxes: false,
    },
    {
      id: "redo",
      icon: "redo",
      label: "Redo",
      edits: true,
      boxes: false,
    },
  ],
  [
    {
      id: "add",
      icon: "plus",
      label: "Add a box in the middle",
      edits: true,
      boxes: true,
    },
    {
      id: "duplicate",
      icon: "copy",
      label: "Duplicate",
      edits: true,
      boxes: true,
    },
    {
      id: "repeat",
      icon: "repeat",
      label: "Repeat the previous image's boxes",
      edits: true,
      boxes: true,
    },
    {
      id: "remove",
      icon: "trash",
      label: "Delete",
      edits: true,
      boxes: true,
    },
    {
      id: "hide",
      icon: "eye",
      label: "Hide boxes",
      edits: false,
      boxes: true,
    },
  ],
];

/** What the tool's key does. */
function commandOf({ id }: Tool): Command {
  return SHORTCUTS[id].command as Command;
}

/** Why a tool can't be used now, or null. */
function blocked(tool: Tool, workbench: WorkbenchState): string | null {
  const { document, selected, label } = workbench;
  if (workbench.phase.value !== "ready") return "No image is open";
  if (tool.edits && !workbench.editable) return "You may look at this project, but not change it";
  if (tool.boxes && tool.edits && label.value === null) return "The project has no labels yet";
  if (tool.id === "undo" && document.value.past.length === 0 && !workbench.mayHaveMore("undo"))
    return "Nothing to undo";
  if (tool.id === "redo" && document.value.future.length === 0 && !workbench.mayHaveMore("redo"))
    return "Nothing to redo";
  if ((tool.id === "duplicate" || tool.id === "remove") && selected.value === null)
    return "Select a box first";
  if (tool.id === "repeat" && !workbench.hasPrevious.value) return "No image with boxes was open before";
  return null;
}

function pressed(tool: Tool, workbench: WorkbenchState): boolean | undefined {
  const command = commandOf(tool);
  if (command.name === "tool") return workbench.tool.value === command.tool;
  return tool.id === "hide" ? workbench.hidden.value : undefined;
}

/** Up and down walk the toolbar. */
function onArrow(event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = [...(event.currentTarget as Element).querySelectorAll("button")];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  all[(at + by + all.length) % all.length]?.focus();
}

export function ToolButton({ workbench, tool }: { workbench: WorkbenchState; tool: Tool }) {
  const reason = blocked(tool, workbench);
  const label = withKey(tool.label, tool.id);
  return (
    <button
      type="button"
      class="tb"
      data-testid={`tool-${tool.id}`}
      aria-label={label}
      aria-pressed={pressed(tool, workbench)}
      aria-disabled={reason !== null}
      title={reason ? `${label}: ${reason}` : label}
      onClick={() => reason === null && workbench.command(commandOf(tool))}
    >
      <Icon name={tool.icon} />
    </button>
  );
}

export function findTool(id: string): Tool {
  const tool = GROUPS.flat().find((one) => one.id === id);
  if (!tool) throw new Error(`There is no tool "${id}".`);
  return tool;
}

export function Toolbar({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const groups = GROUPS.map((group) => group.filter((tool) => !workbench.whole || !tool.boxes)).filter(
    ({ length }) => length > 0,
  );
  return (
    <div
      class="tools desk-only"
      inert={workbench.looksBack.value}
      role="toolbar"
      aria-label="Tools"
      aria-orientation="vertical"
      onKeyDown={onArrow}
    >
      {groups.map((group, index) => (
        <div class="tool-group" key={index}>
          {group.map((tool) => (
            <ToolButton key={tool.id} workbench={workbench} tool={tool} />
          ))}
        </div>
      ))}
      <span class="grow" />
      <button
        type="button"
        class="tb"
        aria-label={withKey("Shortcuts", "help")}
        title={withKey("Shortcuts", "help")}
        data-testid="open-help"
        onClick={page.help}
      >
        <Icon name="key" />
      </button>
    </div>
  );
}

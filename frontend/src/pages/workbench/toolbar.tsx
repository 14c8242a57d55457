import type { Command } from "../../annotator/core/commands";
import { Icon, type IconName } from "../../ui/icons";
import type { PageActions } from "./keys";
import type { WorkbenchState } from "./workbenchState";

interface Tool {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly command: Command;
  readonly edits: boolean;
  /** Only for boxes, not in a classification project. */
  readonly boxes: boolean;
}

const GROUPS: readonly (readonly Tool[])[] = [
  [
    {
      id: "select",
      icon: "select",
      label: "Select (V)",
      command: { name: "tool", tool: "select" },
      edits: false,
      boxes: true,
    },
    {
      id: "draw",
      icon: "box",
      label: "Draw a box by a drag (B)",
      command: { name: "tool", tool: "draw" },
      edits: true,
      boxes: true,
    },
    {
      id: "corners",
      icon: "corners",
      label: "Draw a box by two clicks (C)",
      command: { name: "tool", tool: "corners" },
      edits: true,
      boxes: true,
    },
    {
      id: "extreme",
      icon: "extreme",
      label: "Draw a box by four extreme points (X)",
      command: { name: "tool", tool: "extreme" },
      edits: true,
      boxes: true,
    },
    {
      id: "pan",
      icon: "hand",
      label: "Pan (hold Space)",
      command: { name: "tool", tool: "pan" },
      edits: false,
      boxes: true,
    },
  ],
  [
    {
      id: "undo",
      icon: "undo",
      label: "Undo (Ctrl Z)",
      command: { name: "undo" },
      edits: true,
      boxes: false,
    },
    {
      id: "redo",
      icon: "redo",
      label: "Redo (Ctrl Shift Z)",
      command: { name: "redo" },
      edits: true,
      boxes: false,
    },
  ],
  [
    {
      id: "add",
      icon: "plus",
      label: "Add a box in the middle (I)",
      command: { name: "add" },
      edits: true,
      boxes: true,
    },
    {
      id: "duplicate",
      icon: "copy",
      label: "Duplicate (D)",
      command: { name: "duplicate" },
      edits: true,
      boxes: true,
    },
    {
      id: "repeat",
      icon: "repeat",
      label: "Repeat the previous image's boxes (R)",
      command: { name: "repeat" },
      edits: true,
      boxes: true,
    },
    {
      id: "delete",
      icon: "trash",
      label: "Delete (Del)",
      command: { name: "remove" },
      edits: true,
      boxes: true,
    },
    {
      id: "hide",
      icon: "eye",
      label: "Hide boxes (H)",
      command: { name: "hide" },
      edits: false,
      boxes: true,
    },
  ],
];

/** Why a tool can't be used now, or null. */
function blocked(tool: Tool, workbench: WorkbenchState): string | null {
  const { document, selected, label } = workbench;
  if (workbench.phase.value !== "ready") return "No image is open";
  if (tool.edits && !workbench.editable) return "You may look at this project, but not change it";
  if (tool.boxes && tool.edits && label.value === null) return "The project has no labels yet";
  if (tool.id === "undo" && document.value.past.length === 0) return "Nothing to undo";
  if (tool.id === "redo" && document.value.future.length === 0) return "Nothing to redo";
  if ((tool.id === "duplicate" || tool.id === "delete") && selected.value === null)
    return "Select a box first";
  if (tool.id === "repeat" && !workbench.hasPrevious.value) return "No image with boxes was open before";
  return null;
}

function pressed(tool: Tool, workbench: WorkbenchState): boolean | undefined {
  if (tool.command.name === "tool") return workbench.tool.value === tool.command.tool;
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
  return (
    <button
      type="button"
      class="tb"
      data-testid={`tool-${tool.id}`}
      aria-label={tool.label}
      aria-pressed={pressed(tool, workbench)}
      aria-disabled={reason !== null}
      title={reason ? `${tool.label}: ${reason}` : tool.label}
      onClick={() => reason === null && workbench.command(tool.command)}
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
        aria-label="Shortcuts (?)"
        title="Shortcuts (?)"
        data-testid="open-help"
        onClick={page.help}
      >
        <Icon name="key" />
      </button>
    </div>
  );
}

/** Every command that has a key, by task: as it is without anybody's changes. The help shows the same table. */
import type { Command } from "./commands";

/** Commands of the page around the stage. */
export interface PageCommand {
  readonly name:
    | "next"
    | "leaf"
    | "previous"
    | "skip"
    | "empty"
    | "help"
    | "find"
    | "keepMine"
    | "takeTheirs"
    | "along"
    | "history"
    | "unadjust";
}

/** Steps the picture's brightness or contrast, in per cent. */
export interface AdjustCommand {
  readonly name: "adjust";
  readonly what: "brightness" | "contrast";
  readonly by: number;
}

export type KeyCommand = Command | PageCommand | AdjustCommand;

export interface Shortcut {
  readonly does: string;
  readonly keys: readonly string[];
  readonly command: KeyCommand;
}

/** What nobody changes: the pointer's, and keys that mean several things by turns. */
export interface FixedKeys {
  readonly does: string;
  readonly keys: readonly string[];
}

interface Task {
  readonly title: string;
  readonly shortcuts: Readonly<Record<string, Shortcut>>;
  readonly fixed: readonly FixedKeys[];
}

const DRAW = {
  draw: { does: "Box by a drag", keys: ["B"], command: { name: "tool", tool: "draw" } },
  corners: { does: "Box by two corners", keys: ["C"], command: { name: "tool", tool: "corners" } },
  extreme: { does: "Box by four extreme points", keys: ["X"], command: { name: "tool", tool: "extreme" } },
  add: { does: "Box in the middle", keys: ["I"], command: { name: "add" } },
  repeat: { does: "The previous image's boxes", keys: ["R"], command: { name: "repeat" } },
  select: { does: "Select and move", keys: ["V"], command: { name: "tool", tool: "select" } },
  pan: { does: "Pan", keys: ["M"], command: { name: "tool", tool: "pan" } },
} as const satisfies Record<string, Shortcut>;

const CHANGE = {
  all: { does: "Select all", keys: ["Ctrl A"], command: { name: "all" } },
  alike: { does: "Select all of its label", keys: ["Shift S"], command: { name: "alike" } },
  remove: { does: "Delete", keys: ["Delete", "Backspace"], command: { name: "remove" } },
  duplicate: { does: "Duplicate", keys: ["D", "Ctrl D"], command: { name: "duplicate" } },
  copy: { does: "Copy", keys: ["Ctrl C"], command: { name: "copy" } },
  paste: { does: "Paste", keys: ["Ctrl V"], command: { name: "paste" } },
  undo: { does: "Undo", keys: ["Ctrl Z"], command: { name: "undo" } },
  redo: { does: "Redo", keys: ["Ctrl Shift Z", "Ctrl Y"], command: { name: "redo" } },
  difficult: { does: "Difficult", keys: ["F"], command: { name: "flag", flag: "difficult" } },
  truncated: { does: "Truncated", keys: ["T"], command: { name: "flag", flag: "truncated" } },
  occluded: { does: "Occluded", keys: ["O"], command: { name: "flag", flag: "occluded" } },
  lock: { does: "Lock", keys: ["K"], command: { name: "lock", ids: "chosen" } },
  lockOthers: { does: "Lock all others", keys: ["Shift K"], command: { name: "lock", ids: "others" } },
  lockAlike: { does: "Lock all of its label", keys: ["Shift L"], command: { name: "lock", ids: "alike" } },
} as const satisfies Record<string, Shortcut>;

const LABEL = {
  find: { does: "Pick by name", keys: ["L"], command: { name: "find" } },
} as const satisfies Record<string, Shortcut>;

const SUGGESTIONS = {
  accept: { does: "Accept the selected, or the best", keys: ["A"], command: { name: "accept" } },
  acceptAll: { does: "Accept all", keys: ["Shift A"], command: { name: "acceptAll" } },
  reject: { does: "Reject the selected, or the best", keys: ["Z"], command: { name: "reject" } },
  suggestion: { does: "Next suggestion", keys: ["J"], command: { name: "suggestion" } },
} as const satisfies Record<string, Shortcut>;

const VIEW = {
  zoomIn: { does: "Zoom in", keys: ["+", "="], command: { name: "zoom", factor: 1.25 } },
  zoomOut: { does: "Zoom out", keys: ["-"], command: { name: "zoom", factor: 0.8 } },
  fit: { does: "Fit", keys: ["0", "Home"], command: { name: "fit" } },
  full: { does: "100 %", keys: ["Shift 0"], command: { name: "scale", scale: 1 } },
  hide: { does: "Hide boxes", keys: ["H"], command: { name: "hide" } },
  conceal: { does: "Hide this one", keys: ["G"], command: { name: "conceal", ids: "chosen" } },
  concealOthers: { does: "Hide all others", keys: ["Shift H"], command: { name: "conceal", ids: "others" } },
  concealAlike: {
    does: "Hide all of its label",
    keys: ["Shift G"],
    command: { name: "conceal", ids: "alike" },
  },
  darker: { does: "Darker", keys: [","], command: { name: "adjust", what: "brightness", by: -10 } },
  brighter: { does: "Brighter", keys: ["."], command: { name: "adjust", what: "brightness", by: 10 } },
  lessContrast: {
    does: "Less contrast",
    keys: ["<"],
    command: { name: "adjust", what: "contrast", by: -10 },
  },
  moreContrast: { does: "More contrast", keys: [">"], command: { name: "adjust", what: "contrast", by: 10 } },
  unadjust: { does: "The picture as it is", keys: ["/"], command: { name: "unadjust" } },
  release: { does: "Show all, unlock all", keys: ["Shift R"], command: { name: "release" } },
  history: { does: "History of the image", keys: ["Shift Y"], command: { name: "history" } },
  help: { does: "Shortcuts", keys: ["?"], command: { name: "help" } },
} as const satisfies Record<string, Shortcut>;

const QUEUE = {
  next: { does: "Finish, next image", keys: ["Enter", "N"], command: { name: "next" } },
  previous: { does: "Previous image", keys: ["Shift Enter", "P"], command: { name: "previous" } },
  empty: { does: "Nothing here", keys: ["E"], command: { name: "empty" } },
  skip: { does: "Skip", keys: ["S"], command: { name: "skip" } },
  along: { does: "Take images along", keys: ["Shift D"], command: { name: "along" } },
} as const satisfies Record<string, Shortcut>;

const TOGETHER = {
  keepMine: { does: "In a conflict: keep mine", keys: ["Shift M"], command: { name: "keepMine" } },
  takeTheirs: { does: "In a conflict: take theirs", keys: ["Shift T"], command: { name: "takeTheirs" } },
} as const satisfies Record<string, Shortcut>;

const ALL = { ...DRAW, ...CHANGE, ...LABEL, ...SUGGESTIONS, ...VIEW, ...QUEUE, ...TOGETHER };

export type ShortcutId = keyof typeof ALL;
export const SHORTCUTS: Readonly<Record<ShortcutId, Shortcut>> = ALL;
export const SHORTCUT_IDS = Object.keys(ALL) as ShortcutId[];

export const TASKS: readonly Task[] = [
  {
    title: "Draw",
    shortcuts: DRAW,
    fixed: [
      { does: "Box inside a selected box", keys: ["Shift", "drag"] },
      { does: "Move a box unselected", keys: ["Alt", "drag"] },
      { does: "Pan, while held", keys: ["Space", "drag"] },
    ],
  },
  {
    title: "Change",
    shortcuts: CHANGE,
    fixed: [
      { does: "Next, previous box", keys: ["Tab", "Shift Tab"] },
      { does: "Add to the selection", keys: ["Ctrl", "click"] },
      { does: "Move 1 px, 10 px", keys: ["←", "Shift ←"] },
      { does: "Resize 1 px, 10 px", keys: ["Alt ←", "Alt Shift ←"] },
      { does: "Deselect", keys: ["Esc"] },
    ],
  },
  {
    title: "Label",
    shortcuts: LABEL,
    fixed: [
      { does: "Set label", keys: ["1", "to", "9"] },
      { does: "Set label 10 to 18", keys: ["Q", "1", "to", "9"] },
      { does: "Set label 19 to 45", keys: ["W", "U", "Y", "1", "to", "9"] },
    ],
  },
  { title: "Suggestions", shortcuts: SUGGESTIONS, fixed: [] },
  {
    title: "View",
    shortcuts: VIEW,
    fixed: [
      { does: "Zoom at the pointer", keys: ["wheel"] },
      { does: "Leave the picture", keys: ["Esc", "Tab"] },
      { does: "Back to the list of images", keys: ["Esc", "Esc"] },
    ],
  },
  { title: "Queue", shortcuts: QUEUE, fixed: [{ does: "Leaf, nothing selected", keys: ["←", "→"] }] },
  { title: "Together", shortcuts: TOGETHER, fixed: [] },
];

/** Keys of the whole page into commands; fields, dialogs and focused buttons keep theirs. */
import { useEffect } from "preact/hooks";
import { selectable } from "../../annotator/core/editor";
import { commandFor } from "../../annotator/core/keymap";
import { isModifier, pressOf } from "../../annotator/core/keyNames";
import type { LabelCommand } from "../../annotator/core/labelKeys";
import type { KeyCommand } from "../../annotator/core/shortcuts";
import { keymap, letters } from "../../app/keys";
import { adjust, unadjust } from "./adjustment";
import type { WorkbenchState } from "./workbenchState";

/** What the page does beyond the stage. */
export interface PageActions {
  /** Finishes the image, if it has boxes, and goes on. */
  next(): void;
  /** Goes on, and leaves the image as it is. */
  leaf(): void;
  previous(): void;
  skip(): void;
  /** One is asked no more to label it. */
  giveBack(): void;
  empty(): void;
  help(): void;
  find(): void;
  /** Brightness and contrast of the picture. */
  view(): void;
  /** Asks about taking images along, or giving them back. */
  along(): void;
  /** Opens the history of the image, or closes it. */
  history(): void;
  /** To the images, where one came from a list of theirs. */
  back(): void;
  pick(index: number): void;
  /** Of a conflict on this image, the first one. */
  keepMine(): void;
  takeTheirs(): void;
  /** Takes the suggestion in hand; the label of a whole image goes on as a digit does. */
  accept(): void;
}

/** Typing, dialogs and menus have their own keys; a checkbox only those that press it. */
function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input:not([type='checkbox']), textarea, select, [role='dialog'], [role='menu']") !== null
  );
}

function activates(event: KeyboardEvent): boolean {
  const isPressable =
    event.target instanceof Element && event.target.closest("button, a[href], [type='checkbox']") !== null;
  return isPressable && (event.key === "Enter" || event.key === " ");
}

/** Tab walks the boxes while the stage has the focus, and goes on to the page after the last one. */
function walksBoxes(event: KeyboardEvent, workbench: WorkbenchState): boolean {
  const stage = event.target instanceof Element && event.target.classList.contains("stage");
  const editor = workbench.editor.peek();
  if (event.key !== "Tab" || !stage || editor.tabLeaves || editor.whole || workbench.looksBack.peek())
    return false;
  const all = selectable(editor);
  if (editor.selected !== null && !editor.picked) return true;
  const at = all.findIndex(({ id }) => id === editor.selected);
  const end = event.shiftKey ? 0 : all.length - 1;
  return all.length > 0 && (at < 0 || at !== end);
}

/** Escape has nothing more to let go of, and was pressed before. */
function isIdle(workbench: WorkbenchState): boolean {
  const { tabLeaves, gesture, selected } = workbench.editor.peek();
  return tabLeaves && gesture.kind === "idle" && selected === null;
}

const LOOKS = new Set(["zoom", "scale", "fit", "help", "history"]);

function act(command: KeyCommand | LabelCommand, workbench: WorkbenchState, page: PageActions): void {
  if (workbench.looksBack.peek() && !LOOKS.has(command.name)) return;
  switch (command.name) {
    case "leaf":
    case "next":
    case "previous":
    case "skip":
    case "empty":
    case "help":
    case "find":
    case "accept":
    case "keepMine":
    case "takeTheirs":
    case "along":
    case "history":
      page[command.name]();
      break;
    case "adjust":
      adjust(command);
      break;
    case "unadjust":
      unadjust();
      break;
    case "number":
      page.pick(command.index);
      break;
    case "chord":
      workbench.chord.press(command.chord);
      break;
    case "nudge":
    case "grow":
      workbench.command({ ...command, at: Date.now() });
      break;
    case "cancel":
      if (isIdle(workbench)) page.back();
      workbench.command(command);
      break;
    default:
      workbench.command(command);
  }
}

export function useKeys(workbench: WorkbenchState, page: PageActions): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isElsewhere(event.target) || activates(event)) return;
      if (event.key === " ") {
        event.preventDefault();
        workbench.dispatch({ type: "space", held: true });
        return;
      }
      if (walksBoxes(event, workbench)) {
        event.preventDefault();
        workbench.command({ name: "cycle", by: event.shiftKey ? -1 : 1 });
        return;
      }
      const { selected, whole } = workbench.editor.peek();
      const command = commandFor(pressOf(event), {
        keys: keymap.peek(),
        selected: selected !== null,
        whole,
        letters: letters.peek(),
        chord: workbench.chord.peek(),
      });
      if (isModifier(event.key)) return;
      workbench.chord.press(null);
      if (!command) return;
      event.preventDefault();
      // A key that is held leafs through images; each is finished by a press of its own.
      act(command.name === "next" && event.repeat ? { name: "leaf" } : command, workbench, page);
    };
    const letGo = (): void => workbench.dispatch({ type: "space", held: false });
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === " ") letGo();
    };
    addEventListener("keydown", onKeyDown);
    addEventListener("keyup", onKeyUp);
    addEventListener("blur", letGo);
    return () => {
      removeEventListener("keydown", onKeyDown);
      removeEventListener("keyup", onKeyUp);
      removeEventListener("blur", letGo);
    };
  }, [workbench, page]);
}

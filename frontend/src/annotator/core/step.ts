/** The one function that changes the editor: what happened goes in, the next state comes out. */
import { type BoxAnnotation, edited, newAnnotation } from "./annotation";
import { type Command, run } from "./commands";
import { commit, type Document } from "./document";
import {
  annotationOf,
  chosen,
  created,
  type Editor,
  select,
  selectAll,
  selectedAnnotation,
  shown,
  toggled,
} from "./editor";
import { contains, middleOf, type Size, type StagePoint } from "./geometry";
import { asBox, type Effect, IDLE, type PointerInput, type World } from "./gesture";
import { stepGesture } from "./gestureMachine";
import type { Suggested } from "./suggestions";
import { fitView, held, panned, zoomed } from "./viewport";

export type Action =
  | { readonly type: "pointer"; readonly input: PointerInput }
  | {
      readonly type: "wheel";
      readonly at: StagePoint;
      readonly dx: number;
      readonly dy: number;
      readonly zoom: boolean;
    }
  | { readonly type: "stage"; readonly stage: Size }
  | { readonly type: "space"; readonly held: boolean }
  | { readonly type: "select"; readonly id: string | null; readonly reveal: boolean }
  | { readonly type: "document"; readonly document: Document }
  | { readonly type: "suggested"; readonly suggested: Suggested }
  | { readonly type: "command"; readonly command: Command };

/** The boxes and suggestions that a pointer finds. */
function free(editor: Editor): readonly BoxAnnotation[] {
  const { locked } = editor;
  const all = shown(editor);
  return locked.size === 0 ? all : all.filter(({ id }) => !locked.has(id));
}

function worldOf(editor: Editor): World {
  const id = editor.selected ?? "";
  const isHeldBack = editor.concealed.has(id) || editor.locked.has(id);
  return {
    image: editor.image,
    stage: editor.stage,
    view: editor.view,
    boxes: free(editor),
    selected: editor.hidden || isHeldBack ? null : asBox(selectedAnnotation(editor)),
    several: editor.others.size > 0,
    picked: editor.picked,
    tool: editor.whole && editor.tool !== "pan" ? "pan" : editor.tool,
    panHeld: editor.panHeld,
    editable: editor.editable && !editor.whole && editor.label !== null,
  };
}

/** `newId` gives the id of whatever the action creates. */
export function step(editor: Editor, action: Action, newId: () => string): Editor {
  switch (action.type) {
    case "pointer":
      return pointed(editor, action.input, newId);
    case "wheel":
      return wheeled(editor, action);
    case "stage":
      return staged(editor, action.stage);
    case "space":
      return editor.panHeld === action.held ? editor : { ...editor, panHeld: action.held };
    case "select":
      return select(editor, action.id, action.reveal);
    case "document":
      return settled({ ...editor, document: action.document });
    case "suggested":
      return settled({ ...editor, suggested: action.suggested });
    case "command":
      return settled(run(editor, action.command, newId));
  }
}

function pointed(editor: Editor, input: PointerInput, newId: () => string): Editor {
  const [gesture, ...effects] = stepGesture(editor.gesture, input, worldOf(editor));
  const next = gesture === editor.gesture ? editor : { ...editor, gesture };
  return effects.reduce((now, effect) => affected(now, effect, newId), next);
}

function affected(editor: Editor, effect: Effect, newId: () => string): Editor {
  switch (effect.do) {
    case "select":
      return select(editor, effect.id, false);
    case "toggle":
      return toggled(editor, effect.id);
    case "frame": {
      const within = free(editor).filter(({ box }) => contains(effect.box, middleOf(box)));
      return selectAll(
        editor,
        within.map(({ id }) => id),
      );
    }
    case "view":
      return { ...editor, view: effect.view, follows: false };
    case "create":
      return created(editor, newAnnotation(newId(), editor.label ?? 0, effect.box));
    case "reshape": {
      const was = annotationOf(editor, effect.id);
      if (!was) return editor;
      const after = edited(was, { box: effect.box });
      return { ...editor, document: commit(editor.document, [{ id: was.id, after }]) };
    }
  }
}

function wheeled(editor: Editor, action: Action & { type: "wheel" }): Editor {
  const { image, stage, view } = editor;
  const next = action.zoom
    ? zoomed(view, action.at, wheelFactor(action.dy), image, stage)
    : panned(view, -action.dx, -action.dy, image, stage);
  return { ...editor, view: next, follows: false };
}

/** The most that one event of a wheel zooms: its notch has 100 to 120 pixels. */
const NOTCH = { pixels: 120, factor: 1.2 };

function wheelFactor(dy: number): number {
  return NOTCH.factor ** -Math.min(Math.max(dy / NOTCH.pixels, -1), 1);
}

function staged(editor: Editor, stage: Size): Editor {
  const view = editor.follows ? fitView(editor.image, stage) : held(editor.view, editor.image, stage);
  return { ...editor, stage, view };
}

/** A selection or a gesture never outlives its box (an undo, a colleague's deletion). */
function settled(editor: Editor): Editor {
  const all = chosen(editor);
  const left = all.filter((id) => annotationOf(editor, id) !== null);
  const gesture = "id" in editor.gesture && !annotationOf(editor, editor.gesture.id) ? IDLE : editor.gesture;
  if (left.length === all.length && gesture === editor.gesture) return editor;
  const selected = left.at(-1) ?? null;
  return {
    ...editor,
    selected,
    others: new Set(left.slice(0, -1)),
    picked: editor.picked && selected !== null,
    gesture,
  };
}

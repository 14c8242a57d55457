/** The whole state of the workbench's stage. */
import { type Annotation, type BoxAnnotation, hasBox, type LabelId } from "./annotation";
import { commit, type Document, documentOf, ordered } from "./document";
import { type Box, type ImagePoint, type Size, spanning } from "./geometry";
import { asBox, type Gesture, IDLE, type Tool } from "./gesture";
import { NOTHING_SUGGESTED, openSuggestions, type Suggested, type Suggestion } from "./suggestions";
import { fitView, revealed, toImage, type View } from "./viewport";

export interface Editor {
  readonly image: Size;
  readonly stage: Size;
  readonly view: View;
  /** The view follows the stage's size until someone zooms or pans. */
  readonly follows: boolean;
  readonly document: Document;
  readonly suggested: Suggested;
  readonly selected: string | null;
  /** Boxes that are selected beside that one. */
  readonly others: ReadonlySet<string>;
  /** Boxes that are not shown, and boxes that nothing changes or picks up; both until the image is left. */
  readonly concealed: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  /** The selection was made on purpose (click, Tab, list): only then a label goes to the selected box. */
  readonly picked: boolean;
  readonly gesture: Gesture;
  readonly tool: Tool;
  /** The label the next box gets. */
  readonly label: LabelId | null;
  readonly panHeld: boolean;
  readonly hidden: boolean;
  readonly clipboard: readonly Annotation[];
  /** The boxes of the last image that had some. */
  readonly previous: { readonly image: Size; readonly boxes: readonly BoxAnnotation[] };
  /** Zoom and place stay between images of the same size. */
  readonly keepsView: boolean;
  /** False for viewers: one may look, zoom and select. */
  readonly editable: boolean;
  /** Whole-image labels instead of boxes. */
  readonly whole: boolean;
  /** Fingers: round handles on the corners only. */
  readonly coarse: boolean;
  /** After Escape with nothing selected, Tab goes on to the page instead of the next box. */
  readonly tabLeaves: boolean;
}

const NONE: ReadonlySet<string> = new Set();

export const CLOSED: Editor = {
  image: { width: 1, height: 1 },
  stage: { width: 1, height: 1 },
  view: { scale: 1, x: 0, y: 0 },
  follows: true,
  document: documentOf([]),
  suggested: NOTHING_SUGGESTED,
  selected: null,
  others: NONE,
  concealed: NONE,
  locked: NONE,
  picked: false,
  gesture: IDLE,
  tool: "draw",
  label: null,
  panHeld: false,
  hidden: false,
  clipboard: [],
  previous: { image: { width: 1, height: 1 }, boxes: [] },
  keepsView: false,
  editable: false,
  whole: false,
  coarse: false,
  tabLeaves: false,
};

/** Opens another image; tool, label and clipboard stay in hand. */
export function opened(editor: Editor, image: Size, annotations: readonly Annotation[]): Editor {
  const left = boxes(editor);
  const isAlike = image.width === editor.image.width && image.height === editor.image.height;
  const stays = editor.keepsView && isAlike && !editor.follows;
  return {
    ...editor,
    previous: left.length > 0 ? { image: editor.image, boxes: left } : editor.previous,
    image,
    view: stays ? editor.view : fitView(image, editor.stage),
    follows: !stays,
    document: documentOf(annotations),
    suggested: NOTHING_SUGGESTED,
    selected: null,
    others: NONE,
    concealed: NONE,
    locked: NONE,
    picked: false,
    gesture: IDLE,
    tabLeaves: false,
  };
}

export function boxes(editor: Editor): readonly BoxAnnotation[] {
  const all = ordered(editor.document);
  const known = boxesOf.get(all);
  if (known) return known;
  const found = all.filter(hasBox);
  boxesOf.set(all, found);
  return found;
}

/** Filtered once a document, not once a movement of the pointer. */
const boxesOf = new WeakMap<readonly Annotation[], readonly BoxAnnotation[]>();

/** Suggestions that nothing has answered yet. */
export function suggestions(editor: Editor): readonly Suggestion[] {
  return openSuggestions(editor.document, editor.suggested);
}

/** What can be selected: the boxes, then the suggestions. */
export function selectable(editor: Editor): readonly BoxAnnotation[] {
  const open = suggestions(editor);
  return open.length === 0 ? boxes(editor) : [...boxes(editor), ...open];
}

/** An annotation, or a suggestion. */
export function annotationOf(editor: Editor, id: string | null): Annotation | null {
  if (id === null) return null;
  return editor.document.annotations.get(id) ?? suggestions(editor).find((one) => one.id === id) ?? null;
}

export function selectedAnnotation(editor: Editor): Annotation | null {
  return annotationOf(editor, editor.selected);
}

export function selectedSuggestion(editor: Editor): Suggestion | null {
  return suggestions(editor).find((one) => one.id === editor.selected) ?? null;
}

/** Adds an annotation and selects it; nobody has picked it yet. */
export function created(editor: Editor, annotation: Annotation): Editor {
  const document = commit(editor.document, [{ id: annotation.id, after: annotation }]);
  return { ...editor, document, selected: annotation.id, others: NONE, picked: false, hidden: false };
}

/** Selects on purpose. `reveal` pans until the box is seen. */
export function select(editor: Editor, id: string | null, reveal: boolean): Editor {
  const selected = annotationOf(editor, id) ? id : null;
  const next = { ...editor, selected, others: NONE, picked: selected !== null, tabLeaves: false };
  const target = asBox(selectedAnnotation(next));
  if (!reveal || !target) return next;
  const view = revealed(editor.view, target.box, editor.image, editor.stage);
  return view === editor.view ? next : { ...next, view, follows: false };
}

/** Selects all of these on purpose; the last one is the one that keys and figures speak of. */
export function selectAll(editor: Editor, ids: readonly string[]): Editor {
  const last = ids.at(-1) ?? null;
  return { ...select(editor, last, false), others: new Set(ids.slice(0, -1)) };
}

/** Adds a box to the selection, or takes it out. */
export function toggled(editor: Editor, id: string): Editor {
  const all = chosen(editor);
  return selectAll(editor, all.includes(id) ? all.filter((one) => one !== id) : [...all, id]);
}

/** The ids of all that is selected. */
export function chosen({ selected, others }: Pick<Editor, "selected" | "others">): string[] {
  return selected === null ? [] : [...others, selected];
}

/** What is selected and may be changed. */
export function changeable(editor: Editor): Annotation[] {
  if (!editor.editable) return [];
  const free = chosen(editor).filter((id) => !editor.locked.has(id));
  return free.flatMap((id) => annotationOf(editor, id) ?? []);
}

/** The boxes on the picture. */
export function shownBoxes(editor: Editor): readonly BoxAnnotation[] {
  if (editor.hidden) return [];
  const { concealed } = editor;
  return concealed.size === 0 ? boxes(editor) : boxes(editor).filter(({ id }) => !concealed.has(id));
}

/** The suggestions on the picture. */
export function shownSuggestions(editor: Editor): readonly Suggestion[] {
  if (editor.hidden) return [];
  const { concealed } = editor;
  const all = suggestions(editor);
  return concealed.size === 0 ? all : all.filter(({ id }) => !concealed.has(id));
}

/** What is on the picture. */
export function shown(editor: Editor): readonly BoxAnnotation[] {
  const open = shownSuggestions(editor);
  return open.length === 0 ? shownBoxes(editor) : [...shownBoxes(editor), ...open];
}

/** The box a keyboard makes: a quarter of what is seen, in its middle. */
export function middleBox(editor: Editor): Box {
  const { view, stage, image } = editor;
  const at = (part: number): ImagePoint => toImage(view, { x: stage.width * part, y: stage.height * part });
  return spanning(at(0.375), at(0.625), image);
}

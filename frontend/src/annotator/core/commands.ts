/** What keys and buttons do to the editor: one table, name to pure function. */
import {
  type Annotation,
  type BoxAnnotation,
  edited,
  type Flag,
  flagged,
  flagsOf,
  type LabelId,
  newAnnotation,
} from "./annotation";
import { commit, type Document, type HistoryStep, nudge, ordered, redo, undo } from "./document";
import {
  boxes,
  changeable,
  chosen,
  created,
  type Editor,
  middleBox,
  select,
  selectAll,
  selectable,
  selectedAnnotation,
  shownBoxes,
  shownSuggestions,
  suggestions,
  toggled,
} from "./editor";
import { type Box, fitted, moved, resized, rounded, sameBox } from "./geometry";
import { asBox, IDLE, type Tool } from "./gesture";
import type { Suggestion } from "./suggestions";
import { centreOf, fitView, zoomed } from "./viewport";

/** These boxes, those that are selected, all but those, or all of the selected one's label (else of that in hand). */
export type Some = readonly string[] | "chosen" | "others" | "alike";

export type Command =
  | { readonly name: "tool"; readonly tool: Tool }
  | { readonly name: "label"; readonly label: LabelId }
  /** Of this box alone, and of the next one. */
  | { readonly name: "relabel"; readonly id: string; readonly label: LabelId }
  /** `at`: when, in milliseconds. */
  | { readonly name: "nudge" | "grow"; readonly dx: number; readonly dy: number; readonly at?: number }
  | { readonly name: "reshape"; readonly id: string; readonly box: Box }
  | { readonly name: "flag"; readonly flag: Flag }
  | { readonly name: "toggle"; readonly id: string }
  | { readonly name: "choose"; readonly ids: readonly string[] }
  /** If all of them are so already, the other way round. */
  | { readonly name: "conceal" | "lock"; readonly ids: Some }
  | { readonly name: "cycle"; readonly by: 1 | -1 }
  | { readonly name: "remove" | "accept" | "reject"; readonly id?: string }
  | { readonly name: "suggestFrom"; readonly score: number }
  | { readonly name: "zoom"; readonly factor: number }
  | { readonly name: "scale"; readonly scale: number }
  | {
      readonly name:
        | "cancel"
        | "undo"
        | "redo"
        | "copy"
        | "paste"
        | "duplicate"
        | "add"
        | "repeat"
        | "all"
        | "alike"
        | "release"
        | "fit"
        | "hide"
        | "acceptAll"
        | "suggestion"
        | "clear";
    };

type Do<C extends Command["name"]> = (
  editor: Editor,
  command: Extract<Command, { name: C }>,
  newId: () => string,
) => Editor;

const COMMANDS: { [C in Command["name"]]: Do<C> } = {
  tool: (editor, { tool }) => ({ ...editor, tool, gesture: IDLE }),
  label: (editor, { label }, newId) => labelled(editor, label, newId),
  relabel: (editor, { id, label }) => relabelled(editor, id, label),
  nudge: (editor, { dx, dy, at }) =>
    nudged(editor, changeable(editor), (box) => moved(box, dx, dy, editor.image), at),
  grow: (editor, { dx, dy, at }) =>
    nudged(
      editor,
      changeable(editor).filter(({ id }) => id === editor.selected),
      (box) => grown(box, dx, dy, editor),
      at,
    ),
  reshape: (editor, { id, box }) => reshape({ ...editor, selected: id }, () => fitted(box, editor.image)),
  flag: (editor, { flag }) => flagSelected(editor, flag),
  toggle: (editor, { id }) => toggled(editor, id),
  choose: (editor, { ids }) => selectAll(editor, ids),
  all: (editor) =>
    selectAll(
      editor,
      shownBoxes(editor).map(({ id }) => id),
    ),
  alike: (editor) => selectAll(editor, those(editor, shownBoxes(editor), "alike")),
  conceal: (editor, { ids }) => ({
    ...editor,
    concealed: switched(editor.concealed, those(editor, selectable(editor), ids)),
    gesture: IDLE,
  }),
  lock: (editor, { ids }) => ({
    ...editor,
    locked: switched(editor.locked, those(editor, boxes(editor), ids)),
    gesture: IDLE,
  }),
  release: (editor) => ({ ...editor, concealed: new Set(), locked: new Set(), hidden: false, gesture: IDLE }),
  cycle: (editor, { by }) => cycled(editor, by),
  remove: (editor, { id }) =>
    editor.others.size > 0 && !id ? allRemoved(editor) : removed(editor, id ?? editor.selected),
  accept: (editor, { id }) =>
    editor.whole ? guessTaken(editor) : accepted(editor, (seen) => suggestionsFor(seen, id)),
  acceptAll: (editor) => accepted(editor, shownSuggestions),
  reject: (editor, { id }) => rejected(editor, (seen) => suggestionsFor(seen, id)),
  suggestion: (editor) => {
    const seen = { ...editor, hidden: false };
    return select(seen, following(seen, seen, editor.selected), true);
  },
  suggestFrom: (editor, { score }) => ({ ...editor, suggested: { ...editor.suggested, from: score } }),
  zoom: (editor, { factor }) => rescaled(editor, factor),
  scale: (editor, { scale }) => rescaled(editor, scale / editor.view.scale),
  cancel,
  undo: (editor) => retraced(editor, undo(editor.document), editor.document.past.at(-1)),
  redo: (editor) => retraced(editor, redo(editor.document), editor.document.future.at(-1)),
  copy: (editor) => (editor.selected === null ? editor : { ...editor, clipboard: selectedOf(editor) }),
  paste: (editor, _command, newId) => copied(editor, editor.clipboard, newId),
  duplicate: (editor, _command, newId) => copied(editor, selectedOf(editor), newId),
  add: (editor, _command, newId) => added(editor, newId),
  repeat: (editor, _command, newId) => repeated(editor, newId),
  fit: (editor) => ({ ...editor, view: fitView(editor.image, editor.stage), follows: true }),
  hide: (editor) => ({ ...editor, hidden: !editor.hidden }),
  clear: (editor) => {
    const all = [...editor.document.annotations.keys()].map((id) => ({ id, after: null }));
    return editor.editable ? changed(editor, commit(editor.document, all)) : editor;
  },
};

export function run(editor: Editor, command: Command, newId: () => string): Editor {
  const act = COMMANDS[command.name] as Do<typeof command.name>;
  return act(editor, command as never, newId);
}

function changed(editor: Editor, document: Document): Editor {
  return editor.editable ? { ...editor, document, gesture: IDLE } : editor;
}

/** Selects the one box or suggestion that was changed back or forth, so that one sees what happened. */
function retraced(editor: Editor, document: Document, step: HistoryStep | undefined): Editor {
  const next = changed(editor, document);
  const ids = [...(step?.changes ?? []).map(({ id }) => id), ...(step?.rejected ?? [])];
  const only = ids.length === 1 ? ids[0] : undefined;
  if (only === undefined || next === editor || editor.whole) return next;
  return { ...select(next, only, true), picked: false };
}

/** Escape: first the gesture, then the selection; a third time lets Tab leave the stage. */
function cancel(editor: Editor): Editor {
  if (editor.gesture.kind !== "idle") return { ...editor, gesture: IDLE };
  if (editor.selected !== null) return select(editor, null, false);
  return { ...editor, tabLeaves: true };
}

/** Sets the label of the next box, and of the selected box if it was picked. In a classification project it sets
 * the label of the image. */
function labelled(editor: Editor, label: LabelId, newId: () => string): Editor {
  if (editor.whole) return wholeLabelled(editor, label, newId);
  const next = { ...editor, label };
  const targets = editor.picked ? changeable(editor) : [];
  const after = targets.map((one) => ({ id: one.id, after: edited(one, { label }) }));
  return { ...next, document: commit(editor.document, after) };
}

function relabelled(editor: Editor, id: string, label: LabelId): Editor {
  const target = editor.document.annotations.get(id);
  if (!target || !editor.editable) return editor;
  return { ...editor, label, document: commit(editor.document, [{ id, after: edited(target, { label }) }]) };
}

/** Exactly one label an image: the first annotation is relabelled, any other goes. */
function wholeLabelled(editor: Editor, label: LabelId, newId: () => string): Editor {
  if (!editor.editable) return editor;
  const [first, ...others] = ordered(editor.document);
  const after: Annotation = first ? edited(first, { label }) : newAnnotation(newId(), label, null);
  const gone = others.map(({ id }) => ({ id, after: null }));
  return { ...editor, label, document: commit(editor.document, [{ id: after.id, after }, ...gone]) };
}

/** The image gets the label that the model thinks likeliest, in the place of any other. */
function guessTaken(editor: Editor): Editor {
  const best = editor.suggested.guesses?.[0];
  if (!best || !editor.editable) return editor;
  const others = ordered(editor.document).filter(({ id }) => id !== best.id);
  const gone = others.map(({ id }) => ({ id, after: null }));
  const document = commit(editor.document, [...gone, { id: best.id, after: best }]);
  return { ...editor, label: best.label, document };
}

function nudged(
  editor: Editor,
  these: readonly Annotation[],
  change: (box: Box) => Box,
  at = Number.POSITIVE_INFINITY,
): Editor {
  const after = these.flatMap((one) =>
    one.box ? { id: one.id, after: edited(one, { box: rounded(change(one.box)) }) } : [],
  );
  return { ...editor, document: nudge(editor.document, after, at) };
}

function reshape(editor: Editor, change: (box: Box) => Box): Editor {
  const target = asBox(selectedAnnotation(editor));
  if (!target || !editor.editable || editor.locked.has(target.id)) return editor;
  const after = edited(target, { box: rounded(change(target.box)) });
  return { ...editor, document: commit(editor.document, [{ id: target.id, after }]) };
}

function flagSelected(editor: Editor, flag: Flag): Editor {
  const targets = changeable(editor);
  const isOn = !targets.every((one) => flagsOf(one).includes(flag));
  const after = targets.map((one) => ({ id: one.id, after: flagged(one, flag, isOn) }));
  return { ...editor, document: commit(editor.document, after) };
}

/** The lower right corner moves; it stops where the box would turn over. */
function grown(box: Box, dx: number, dy: number, editor: Editor): Box {
  const { box: next, handle } = resized(box, "se", dx, dy, editor.image);
  return handle === "se" ? next : box;
}

/** The next box; a selected one that was only drawn is picked first. */
function cycled(editor: Editor, by: 1 | -1): Editor {
  const all = selectable(editor);
  if (all.length === 0) return editor;
  if (editor.selected !== null && !editor.picked) return select(editor, editor.selected, true);
  const at = all.findIndex((one) => one.id === editor.selected);
  // With none selected, at is -1: forward begins at the first box, backward at the last.
  const next = at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length;
  return select(editor, all[next]?.id ?? null, true);
}

/** The ids of some of these boxes. */
function those(editor: Editor, among: readonly BoxAnnotation[], some: Some): string[] {
  const mine = chosen(editor);
  const label = selectedAnnotation(editor)?.label ?? editor.label;
  const isMeant = (one: BoxAnnotation): boolean => {
    if (some === "alike") return one.label === label;
    if (some === "chosen") return mine.includes(one.id);
    return some === "others" ? !mine.includes(one.id) : some.includes(one.id);
  };
  return among.flatMap((one) => (isMeant(one) ? one.id : []));
}

/** In, or out if all of them are in. */
function switched(now: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  if (ids.every((id) => now.has(id))) return new Set([...now].filter((id) => !ids.includes(id)));
  return new Set([...now, ...ids]);
}

function allRemoved(editor: Editor): Editor {
  if (!editor.editable) return editor;
  const all = changeable(editor).map(({ id }) => id);
  const gone = all.map((id) => ({ id, after: null }));
  return changed(editor, commit(editor.document, gone, suggestedOf(editor, all)));
}

/** Deletes an annotation and selects its neighbour, so that one can go on by keys. */
function removed(editor: Editor, id: string | null): Editor {
  if (id === null || !editor.editable || editor.locked.has(id)) return editor;
  if (suggestions(editor).some((one) => one.id === id))
    return rejected(editor, (seen) => suggestionsFor(seen, id));
  const all = boxes(editor);
  const at = all.findIndex((one) => one.id === id);
  const document = commit(editor.document, [{ id, after: null }]);
  if (editor.selected !== id) return { ...editor, document, gesture: IDLE };
  const selected = (all[at + 1] ?? all[at - 1])?.id ?? null;
  return { ...editor, document, selected, picked: false, gesture: IDLE };
}

/** The one that is named, else those that are selected, else the best. */
function suggestionsFor(editor: Editor, id: string | undefined): readonly Suggestion[] {
  const wanted = id === undefined ? chosen(editor) : [id];
  const found = suggestions(editor).filter((one) => wanted.includes(one.id));
  return found.length > 0 || id !== undefined ? found : shownSuggestions(editor).slice(0, 1);
}

/** Of the suggestions that were shown before, the next one behind this that is shown still; at the end the first. */
function following(before: Editor, now: Editor, id: string | null | undefined): string | null {
  const all = shownSuggestions(before).map((one) => one.id);
  const left = new Set(shownSuggestions(now).map((one) => one.id));
  const at = all.indexOf(id ?? "") + 1;
  return [...all.slice(at), ...all.slice(0, at)].find((one) => left.has(one)) ?? null;
}

/** Takes suggestions; nobody takes unseen what the key hides. The next one comes into hand, so that one can go on
 * by keys. */
function accepted(editor: Editor, which: (seen: Editor) => readonly Suggestion[]): Editor {
  const seen = { ...editor, hidden: false, gesture: IDLE };
  const taken = which(seen);
  if (taken.length === 0 || !editor.editable) return editor;
  const changes = taken.map((after) => ({ id: after.id, after }));
  return goneOn(seen, { ...seen, document: commit(editor.document, changes) }, taken);
}

function rejected(editor: Editor, which: (seen: Editor) => readonly Suggestion[]): Editor {
  const seen = { ...editor, hidden: false, gesture: IDLE };
  const gone = which(seen);
  if (gone.length === 0 || !editor.editable) return editor;
  const ids = gone.map(({ id }) => id);
  return goneOn(seen, { ...seen, document: commit(editor.document, [], ids) }, gone);
}

function goneOn(before: Editor, now: Editor, these: readonly Suggestion[]): Editor {
  return { ...select(now, following(before, now, these.at(-1)?.id), true), picked: false };
}

function suggestedOf(editor: Editor, ids: readonly string[]): readonly string[] {
  return suggestions(editor).flatMap(({ id }) => (ids.includes(id) ? id : []));
}

function rescaled(editor: Editor, factor: number): Editor {
  const view = zoomed(editor.view, centreOf(editor.stage), factor, editor.image, editor.stage);
  return { ...editor, view, follows: false };
}

function selectedOf(editor: Editor): Annotation[] {
  return chosen(editor).flatMap((id) => editor.document.annotations.get(id) ?? []);
}

/** Pasted where they were; where the originals still are, a little beside them. All of them are selected. */
function copied(editor: Editor, originals: readonly Annotation[], newId: () => string): Editor {
  if (!editor.editable || editor.whole) return editor;
  const copies = originals.flatMap(({ id, label, box }) => {
    const taken = editor.document.annotations.get(id)?.box;
    const off = taken ? 12 / editor.view.scale : 0;
    return box ? newAnnotation(newId(), label, fitted(moved(box, off, off, editor.image), editor.image)) : [];
  });
  const [only] = copies;
  if (!only || copies.length === 1) return only ? created(editor, only) : editor;
  const document = commit(
    editor.document,
    copies.map((after) => ({ id: after.id, after })),
  );
  return selectAll(
    { ...editor, document, hidden: false },
    copies.map(({ id }) => id),
  );
}

function added(editor: Editor, newId: () => string): Editor {
  if (!editor.editable || editor.whole || editor.label === null) return editor;
  return created(editor, newAnnotation(newId(), editor.label, fitted(middleBox(editor), editor.image)));
}

/** The boxes of the image that was open before, stretched to this one; those that are here already are left out. */
function repeated(editor: Editor, newId: () => string): Editor {
  if (!editor.editable || editor.whole) return editor;
  const { image, boxes: before } = editor.previous;
  const [x, y] = [editor.image.width / image.width, editor.image.height / image.height];
  const stretched = before.map(({ label, box }) => ({
    label,
    box: fitted(
      { x_min: box.x_min * x, y_min: box.y_min * y, x_max: box.x_max * x, y_max: box.y_max * y },
      editor.image,
    ),
  }));
  const isHere = ({ label, box }: { label: LabelId; box: Box }): boolean =>
    boxes(editor).some((one) => one.label === label && sameBox(one.box, box));
  const added = stretched
    .filter((one) => !isHere(one))
    .map(({ label, box }) => newAnnotation(newId(), label, box));
  return changed(
    editor,
    commit(
      editor.document,
      added.map((after) => ({ id: after.id, after })),
    ),
  );
}

/** The picture as a function of the state: what the canvas has to draw, in stage pixels. */
import type { BoxAnnotation, LabelId } from "./annotation";
import {
  annotationOf,
  type Editor,
  selectedAnnotation,
  selectedSuggestion,
  shown,
  shownBoxes,
  shownSuggestions,
} from "./editor";
import {
  type Box,
  CORNERS,
  type Handle,
  handlePoint,
  height,
  SIDES,
  type StageBox,
  type StagePoint,
  width,
} from "./geometry";
import { asBox, draws, type Gesture, inHand, type Placing } from "./gesture";
import { grips } from "./hit";
import { boxToStage, toStage } from "./viewport";

export interface LabelLook {
  readonly name: string;
  readonly color: string;
  /** The digit that picks the label, if it has one. */
  readonly key: string;
  /** 0: a plain line. Labels that share a colour have others. */
  readonly pattern: number;
}

export type LabelLooks = ReadonlyMap<LabelId, LabelLook>;

export interface Stroke {
  readonly box: StageBox;
  readonly color: string;
  readonly thin: boolean;
  /** Nobody of this side drew it: a suggestion, or the other side's box in a conflict. */
  readonly dashed: boolean;
  /** Which of the label's lines: plain, double, with knots. */
  readonly pattern: number;
}

export interface Tag {
  readonly at: StagePoint;
  readonly text: string;
  /** What stands there if the text is wider than `room`, in stage pixels; empty: the text's beginning. */
  readonly short: string;
  /** 0: as wide as it likes. */
  readonly room: number;
  readonly detail: string;
  readonly color: string;
  /** Light on dark, of a suggestion. */
  readonly dark: boolean;
}

/** Boxes of a colleague's that the document lacks, in a conflict or in their hand, and whose they are. */
export interface Theirs {
  readonly boxes: readonly Pick<BoxAnnotation, "label" | "box">[];
  readonly by: string;
}

/** All boxes at rest: repainted when the document, the view or the selection changes. */
export interface RestScene {
  readonly strokes: readonly Stroke[];
  readonly tags: readonly Tag[];
}

/** What is in hand: repainted with every move of the pointer. */
export interface LiveScene {
  readonly stroke: Stroke | null;
  readonly handles: readonly StagePoint[];
  readonly round: boolean;
  readonly tags: readonly Tag[];
  readonly cross: { readonly at: StagePoint; readonly color: string } | null;
  readonly hover: Stroke | null;
  /** The boxes that are selected beside the one in hand. */
  readonly others: readonly Stroke[];
  /** The frame that selects what lies in it. */
  readonly frame: StageBox | null;
  /** Colleagues' boxes that the document lacks, dashed. */
  readonly theirs: readonly Stroke[];
}

/** Under this many screen pixels a box gets a thinner stroke and no tag. */
const SMALL = 40;
const TAG_ROOM = 24; // px for a tag and its distance to a box
/** With more boxes than this, names would hide the picture; with more than that, numbers on all of them. */
const MAX_NAMES = 40;
const MAX_TAGS = 120;
const PLAIN: LabelLook = { name: "", color: "#ffffff", key: "", pattern: 0 };

/** A dashed line is never patterned: its dashes say whose it is. */
function strokeOf(box: StageBox, look: LabelLook, dashed = false): Stroke {
  const thin = width(box) < SMALL || height(box) < SMALL;
  return { box, color: look.color, thin, dashed, pattern: dashed ? 0 : look.pattern };
}

export function lookOf(looks: LabelLooks, label: LabelId | null): LabelLook {
  return (label === null ? undefined : looks.get(label)) ?? PLAIN;
}

function seen(box: StageBox, editor: Editor): boolean {
  const { stage } = editor;
  return box.x_max >= -8 && box.y_max >= -8 && box.x_min <= stage.width + 8 && box.y_min <= stage.height + 8;
}

/** `held` is the id of the annotation that the live scene draws: the selected one. */
export function restScene(editor: Editor, looks: LabelLooks): RestScene {
  const strokes: Stroke[] = [];
  const ours: LabelLook[] = [];
  for (const one of shownBoxes(editor)) {
    if (one.id === editor.selected) continue;
    const box = boxToStage(editor.view, one.box);
    if (!seen(box, editor)) continue;
    const look = lookOf(looks, one.label);
    strokes.push(strokeOf(box, look));
    ours.push(look);
  }
  const suggested = suggestionsAtRest(editor, looks);
  const named = strokes.length + suggested.tags.length <= MAX_NAMES;
  const tags = strokes.flatMap((stroke, index) => restTag(stroke, ours[index] ?? PLAIN, named));
  const all = [...tags, ...suggested.tags];
  return { strokes: [...suggested.strokes, ...strokes], tags: all.length > MAX_TAGS ? [] : all };
}

/** The name where it fits, else the digit; a label without a digit has its name on small boxes too. */
function restTag({ box, thin }: Stroke, look: LabelLook, named: boolean): Tag[] {
  const text = named ? look.name : look.key || look.name;
  if (!text || (thin && (look.key !== "" || !named))) return [];
  return [{ ...tagOn(box, text, look.color), short: look.key, room: width(box) }];
}

function suggestionsAtRest(editor: Editor, looks: LabelLooks): RestScene {
  const open = shownSuggestions(editor)
    .filter(({ id }) => id !== editor.selected)
    .map((one) => ({ one, box: boxToStage(editor.view, one.box), look: lookOf(looks, one.label) }))
    .filter(({ box }) => seen(box, editor));
  const strokes = open.map(({ box, look }) => strokeOf(box, look, true));
  const large = open.filter((_, index) => !strokes[index]?.thin);
  const tags = large.map(({ one, box, look }) => suggestionTag(box, look, one.score));
  return { strokes, tags };
}

function tagOn(box: StageBox, text: string, color: string, detail = ""): Tag {
  return { at: { x: box.x_min, y: box.y_min }, text, short: "", room: 0, color, detail, dark: false };
}

function suggestionTag(box: StageBox, look: LabelLook, score: number): Tag {
  return { ...tagOn(box, look.name, look.color, score.toFixed(2)), dark: true };
}

export function liveScene(editor: Editor, looks: LabelLooks, theirs: readonly Theirs[] = []): LiveScene {
  const held = inHand(editor.gesture);
  const isHidden = editor.hidden || editor.concealed.has(editor.selected ?? "");
  const target = isHidden ? null : asBox(selectedAnnotation(editor));
  const label = held?.id === null ? editor.label : (target?.label ?? null);
  const look = lookOf(looks, label);
  const image = held?.box ?? target?.box ?? null;
  const box = image && boxToStage(editor.view, image);
  const suggestion = held || isHidden ? null : selectedSuggestion(editor);
  const stroke = box && strokeOf(box, look, suggestion !== null);
  const tags =
    suggestion && box ? [suggestionTag(box, look, suggestion.score)] : liveTags(editor, box, image, look);
  const cross = crossAt(editor);
  return {
    stroke,
    ...handlesFor(editor, box, held?.id !== null),
    tags: [
      ...tags,
      ...pointerTags(editor, looks),
      ...theirs.flatMap((some) => theirTags(editor, looks, some)),
    ],
    cross: cross && { at: cross, color: lookOf(looks, editor.label).color },
    hover: hoverStroke(editor, looks),
    others: otherStrokes(editor, looks),
    frame: editor.gesture.kind === "marquee" ? boxToStage(editor.view, editor.gesture.box) : null,
    theirs: theirs
      .flatMap(({ boxes }) => boxes)
      .map((one) => strokeOf(boxToStage(editor.view, one.box), lookOf(looks, one.label), true)),
  };
}

function placingOf(gesture: Gesture): Placing | null {
  if (gesture.kind === "placing") return gesture;
  return gesture.kind === "pressed" ? gesture.armed : null;
}

function fingers(gesture: Gesture): boolean {
  return "by" in gesture && gesture.by === "touch";
}

function handlesFor(
  editor: Editor,
  box: StageBox | null,
  saved: boolean,
): { handles: StagePoint[]; round: boolean } {
  const round = editor.coarse || fingers(editor.gesture);
  const points = placingOf(editor.gesture)?.points;
  if (points) return { handles: points.map((point) => toStage(editor.view, point)), round: false };
  const isLocked = editor.locked.has(editor.selected ?? "") || editor.others.size > 0;
  if (!box || !saved || isLocked || !editor.editable || editor.gesture.kind === "moving")
    return { handles: [], round };
  const around = grips(box, round ? "touch" : "mouse");
  return { handles: handleNames(box, round).map((handle) => handlePoint(around, handle)), round };
}

/** Below their boxes: above stand the labels of ours, which often begin at the same place. */
function theirTags(editor: Editor, looks: LabelLooks, { boxes, by }: Theirs): Tag[] {
  return boxes.map(({ box, label }) => {
    const { name, color } = lookOf(looks, label);
    const { x_min, y_max } = boxToStage(editor.view, box);
    const at = { x: x_min, y: y_max + TAG_ROOM };
    return { at, text: by, short: "", room: 0, detail: name, color, dark: true };
  });
}

/** Sides get handles of their own only where there is room between the corners. */
function handleNames(box: StageBox, round: boolean): readonly Handle[] {
  if (round) return CORNERS;
  const wide = width(box) >= SMALL;
  const high = height(box) >= SMALL;
  return [...CORNERS, ...SIDES.filter((side) => (side === "n" || side === "s" ? wide : high))];
}

function liveTags(editor: Editor, box: StageBox | null, image: Box | null, look: LabelLook): Tag[] {
  if (!box || !image) return [];
  // The pointer says the label's name; the box that was just drawn does not say it beside, unless it has no digit.
  const isQuiet = editor.gesture.kind === "idle" && !editor.picked && crossAt(editor) !== null;
  const text = look.key || look.name;
  if (isQuiet) return text && !strokeOf(box, look).thin ? [tagOn(box, text, look.color)] : [];
  const size = `${Math.round(width(image))} × ${Math.round(height(image))}`;
  return [tagOn(grips(box, "mouse"), look.name, look.color, editor.gesture.kind === "idle" ? "" : size)];
}

/** The crosshair goes through the whole stage, in the colour the next box will have: where, if it is shown. */
function crossAt(editor: Editor): StagePoint | null {
  const { gesture } = editor;
  if (
    gesture.kind === "pinching" ||
    !draws(editor.tool) ||
    !editor.editable ||
    editor.whole ||
    editor.panHeld
  )
    return null;
  const free = gesture.kind === "idle" && gesture.hover.on !== "handle" && !onSelected(editor);
  const open = placingOf(gesture) !== null || (gesture.kind === "drawing" && gesture.by !== "touch");
  if ((!free && !open) || gesture.at === null) return null;
  return gesture.at;
}

function onSelected(editor: Editor): boolean {
  const { gesture, selected, tool, picked } = editor;
  return (
    gesture.kind === "idle" &&
    gesture.hover.on === "box" &&
    selected !== null &&
    (tool === "select" || picked) &&
    gesture.hover.ids.includes(selected)
  );
}

function pointerTags(editor: Editor, looks: LabelLooks): Tag[] {
  const at = crossAt(editor);
  if (!at || editor.gesture.kind !== "idle") return [];
  const { name, color } = lookOf(looks, editor.label);
  if (!name) return [];
  // Above the pointer: a drag goes down and to the right, over the object.
  const above = { x: at.x + 8, y: at.y - 4 };
  return [{ at: above, text: name, short: "", room: 0, detail: "", color, dark: false }];
}

function otherStrokes(editor: Editor, looks: LabelLooks): Stroke[] {
  if (editor.others.size === 0) return [];
  return shown(editor)
    .filter(({ id }) => editor.others.has(id))
    .map(({ box, label }) => strokeOf(boxToStage(editor.view, box), lookOf(looks, label)));
}

/** The box a click would pick shows itself. */
function hoverStroke(editor: Editor, looks: LabelLooks): Stroke | null {
  const { gesture } = editor;
  if (gesture.kind !== "idle" || gesture.hover.on !== "box" || onSelected(editor)) return null;
  const one = asBox(annotationOf(editor, gesture.hover.ids[0] ?? null));
  return one && strokeOf(boxToStage(editor.view, one.box), lookOf(looks, one.label));
}

const CURSORS: Record<Handle, string> = {
  nw: "nwse-resize",
  se: "nwse-resize",
  ne: "nesw-resize",
  sw: "nesw-resize",
  n: "ns-resize",
  s: "ns-resize",
  e: "ew-resize",
  w: "ew-resize",
};

/** The CSS cursor that tells what a press would do. */
export function cursorOf(editor: Editor): string {
  const { gesture, tool } = editor;
  if (gesture.kind === "panning") return "grabbing";
  if (gesture.kind === "resizing") return CURSORS[gesture.handle];
  if (gesture.kind === "moving") return "move";
  if (editor.panHeld || tool === "pan" || editor.whole || !editor.editable) return "grab";
  if (gesture.kind === "idle" && gesture.hover.on === "handle") return CURSORS[gesture.hover.handle];
  if (onSelected(editor)) return "move";
  if (draws(tool)) return "crosshair";
  return gesture.kind === "idle" && gesture.hover.on === "box" ? "pointer" : "grab";
}

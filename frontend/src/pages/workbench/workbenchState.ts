/** The workbench's state: signals that the page shows, and the door every change goes through. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LabelId } from "../../annotator/core/annotation";
import type { Command } from "../../annotator/core/commands";
import { type Change, type Document, difference, rebased } from "../../annotator/core/document";
import {
  annotationOf,
  boxes,
  CLOSED,
  chosen,
  type Editor,
  opened,
  selectedAnnotation,
  shownSuggestions,
  suggestions,
} from "../../annotator/core/editor";
import type { StagePoint } from "../../annotator/core/geometry";
import { asBox } from "../../annotator/core/gesture";
import { newId } from "../../annotator/core/ids";
import type { LabelLooks, Theirs } from "../../annotator/core/scene";
import { type Action, step } from "../../annotator/core/step";
import { type Entry, rivals, unsaved, unsavedPutAway } from "../../annotator/saving/pendingChanges";
import { type SavingSession, savingStatus } from "../../annotator/saving/savingSession";
import { undoPlaceOf } from "../../annotator/saving/undoPlace";
import { fromWire, suggestionsFrom } from "../../annotator/saving/wire";
import type { Shown } from "../../annotator/views/layers";
import type { AnnotationState, Image, ImageSuggestions, Person, Queue } from "../../api/types";
import { Chord } from "../../app/chord";
import type { ProjectState } from "../../app/project";
import { userId } from "../../app/session";
import { TASKS } from "../../app/tasks";
import { patternsOf } from "../../ui/label";
import { pictureFilter } from "./adjustment";
import { fetchState, fetchSuggestions, type Opened } from "./fetching";
import { asksLabel, keepsView } from "./preferences";
import type { Other } from "./presence";
import { QUEUE_NAMES, roleFor } from "./queues";
import type { Undoing } from "./undoing";

export type Phase = "loading" | "ready" | "empty" | "failed";

export class WorkbenchState {
  readonly editor: Signal<Editor>;
  readonly image = signal<Image | null>(null);
  readonly phase = signal<Phase>("loading");
  readonly error = signal<unknown>(null);
  /** Where the picture on the screen is, if not at the server. */
  readonly picture = signal<string | null>(null);
  /** The revision on the screen. */
  readonly revision = signal(0);
  readonly queue = signal<Queue>("unlabelled");
  /** It has boxes that nobody has finished. */
  readonly isDraft = computed(
    () => !this.whole && this.queue.value === "unlabelled" && this.document.value.annotations.size > 0,
  );
  private undoing: Undoing | null = null;
  /** Whether something was done to the image on an earlier visit is not known yet. */
  private readonly isRecalling = signal(true);
  /** What was done before that, by image; and undo and redo that were pressed. */
  private readonly done = new Map<number, Document>();
  private early: Command[] = [];
  /** A suggestion comes back once the server has heard of it. */
  private isRestoring = false;
  private recalling: Promise<void> | null = null;
  private chosenScore: number | null = null;
  private readonly revisions = new Map<number, number>();
  /** The box that was just drawn, whose label is asked for, and where the pointer let it go. */
  readonly asked = signal<{ readonly id: string; readonly at: StagePoint } | null>(null);
  /** The first key of two was pressed: the next digit is one of these labels. */
  readonly chord = new Chord();
  /** Labels by their last use, newest first. */
  readonly recent = signal<readonly LabelId[]>([]);
  /** How many annotations of each label this visit added, to keep the project's counts fresh. */
  readonly added = signal<ReadonlyMap<LabelId, number>>(new Map());
  /** The skipped image whose reason is asked for. */
  readonly explained = signal<Image | null>(null);
  /** Whoever moved this image to the Trash while it was open. */
  readonly deletedBy = signal<Person | null>(null);
  /** A colleague who holds this image. */
  readonly holder = signal<Person | null>(null);
  /** Who is asked to label it. */
  readonly assignee = signal<Person | null>(null);
  /** The stage shows how the image was: nothing can be changed. */
  readonly looksBack = signal(false);
  /** Colleagues who look at it now. */
  readonly present = signal<readonly Other[]>([]);
  readonly looks: ReadonlySignal<LabelLooks>;
  readonly shown: ReadonlySignal<Shown>;
  /** What is pending for this image. */
  readonly entry: ReadonlySignal<Entry | undefined>;
  readonly editable: boolean;
  /** Whole-image labels instead of boxes. */
  readonly whole: boolean;
  // Parts of the editor, so that a panel is drawn anew only when its part changes, not with every movement.
  readonly document = computed(() => this.editor.value.document);
  readonly boxes = computed(() => boxes(this.editor.value));
  readonly suggestions = computed(() => suggestions(this.editor.value));
  readonly shownSuggestions = computed(() => shownSuggestions(this.editor.value));
  readonly suggested = computed(() => this.editor.value.suggested);
  /** The run that suggests for this image. */
  readonly suggestedBy = signal<number | null>(null);
  readonly selected = computed(() => this.editor.value.selected);
  private readonly others = computed(() => this.editor.value.others);
  readonly tool = computed(() => this.editor.value.tool);
  readonly label = computed(() => this.editor.value.label);
  readonly hidden = computed(() => this.editor.value.hidden);
  /** The ids of all that is selected. */
  readonly chosen = computed(() => chosen({ selected: this.selected.value, others: this.others.value }));
  readonly concealed = computed(() => this.editor.value.concealed);
  readonly locked = computed(() => this.editor.value.locked);
  readonly hasPrevious = computed(() => this.editor.value.previous.boxes.length > 0);
  readonly scale = computed(() => this.editor.value.view.scale);
  readonly target = computed(() => asBox(selectedAnnotation(this.editor.value)));

  constructor(
    readonly project: ProjectState,
    readonly saving: SavingSession,
  ) {
    this.editable = project.may("annotator");
    this.whole = !TASKS[project.project.value.task].hasBoxes;
    this.editor = signal<Editor>({
      ...CLOSED,
      editable: this.editable,
      whole: this.whole,
      coarse: isCoarse(),
      tool: this.editable ? "draw" : "select",
    });
    this.looks = computed(() => looksOf(project));
    this.entry = computed(() => {
      savingStatus.value; // every change of an entry comes with a new status
      return saving.saver.entry(this.image.value?.id ?? -1);
    });
    const theirs = computed(() => [...theirsIn(this.entry.value), ...drawnBy(this.present.value)]);
    this.shown = computed(() => ({
      editor: this.looksBack.value ? cleared(this.editor.value) : this.editor.value,
      looks: this.looks.value,
      theirs: this.looksBack.value ? [] : theirs.value,
      filter: pictureFilter.value,
    }));
  }

  /** Every change goes through here: the machine steps, and what changed is written down to be saved. */
  readonly dispatch = (action: Action): void => {
    const before = this.editor.value;
    const after = this.looksBack.peek() ? lookedAround(before, action) : step(before, action, newId);
    if (after === before) return;
    this.editor.value = after;
    this.ask(action, before, after);
    if (after.label !== null && after.label !== this.recent.peek()[0]) {
      this.recent.value = [after.label, ...this.recent.peek().filter((one) => one !== after.label)];
    }
    const image = this.image.value;
    if (!image || !this.editable || ["document", "suggested"].includes(action.type)) return;
    if (after.document.past !== before.document.past) this.keepSteps(image.id, after.document);
    this.putAway(image, before, after);
    const changes = difference(before.document, after.document);
    this.counted(changes);
    this.saving.saver.record(image, this.revision.value, changes);
    this.unskip(changes);
  };

  readonly command = (command: Command): void => {
    const isEarly = (command.name === "undo" || command.name === "redo") && this.mayHaveMore(command.name);
    if (isEarly) this.early.push(command);
    if (isEarly) void this.recall();
    else this.dispatch({ type: "command", command });
  };

  /** Whether there may be steps of earlier visits, which are not read yet. */
  mayHaveMore(name: "undo" | "redo"): boolean {
    const { past, future } = this.document.value;
    return past.length === 0 && (name === "undo" || future.length === 0) && this.isRecalling.value;
  }

  private keepSteps(image: number, document: Document): void {
    if (this.undoing) this.undoing.keep(image, document);
    else this.done.set(image, document);
    void this.recall();
  }

  /** Finds what was done on earlier visits, once. Without a script that did not come, undo ends with the image. */
  readonly recall = (): Promise<void> => {
    this.recalling ??= this.editable ? this.read() : Promise.resolve();
    return this.recalling;
  };

  private async read(): Promise<void> {
    const place = undoPlaceOf(userId.peek() ?? 0);
    const undoing = await import("./undoing")
      .then(({ Undoing }) => Undoing.at(place, this.project))
      .catch(() => null);
    const { document } = this.editor.peek();
    if (undoing) this.become(undoing.begun(this.image.peek()?.id, document, this.done));
    this.undoing = undoing;
    this.isRecalling.value = false;
    const isNew = document.past.length + document.future.length > 0;
    for (const command of isNew ? [] : this.early) this.command(command);
  }

  private ask(action: Action, before: Editor, after: Editor): void {
    if (action.type !== "pointer") return;
    if (action.input.type === "down") this.asked.value = null;
    const id = after.document === before.document ? null : after.selected;
    const isNew = id !== null && annotationOf(before, id) === null;
    if (isNew && asksLabel.peek()) this.asked.value = { id, at: action.input.at };
  }

  private putAway(image: Image, before: Editor, after: Editor): void {
    const [was, now] = [before.document.rejected, after.document.rejected];
    if (was === now) return;
    const gone = [...now].filter((id) => !was.has(id));
    const back = [...was].filter((id) => !now.has(id));
    const { saver } = this.saving;
    saver.recordPutAway(image, this.revision.value, gone, true);
    saver.recordPutAway(image, this.revision.value, back, false);
    this.isRestoring ||= back.length > 0;
  }

  /** Asks for what is suggested for the image on the screen; an image without is labelled as ever. */
  async suggest(): Promise<void> {
    const id = this.image.peek()?.id;
    if (id === undefined) return;
    const found = await fetchSuggestions(id).catch(() => null);
    if (found && this.image.peek()?.id === id) this.offer(found);
  }

  private offer({ run_number, shown_score, boxes }: ImageSuggestions): void {
    this.suggestedBy.value = run_number;
    const suggested = { ...suggestionsFrom(boxes), from: this.chosenScore ?? shown_score };
    this.dispatch({ type: "suggested", suggested });
  }

  /** From which score on suggestions are shown, on this image and the next ones. */
  suggestFrom(score: number): void {
    this.chosenScore = score;
    this.command({ name: "suggestFrom", score });
  }

  /** Who draws on a skipped image has not skipped it; with boxes it is a draft from now on. */
  private unskip(changes: readonly Change[]): void {
    const isSkipped = this.queue.value === "skipped";
    if (isSkipped && changes.some(({ before, after }) => before === null && after !== null))
      this.moveTo(this.whole ? "labelled" : "unlabelled");
  }

  /** The boxes that are here are all there are. */
  finish(): void {
    // While the next image opens, this one is only still to be seen.
    if (this.isDraft.peek() && this.phase.peek() === "ready") this.moveTo("labelled");
  }

  private counted(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const added = new Map(this.added.value);
    const count = (label: LabelId | undefined, by: number): void => {
      if (label !== undefined) added.set(label, (added.get(label) ?? 0) + by);
    };
    for (const { before, after } of changes) {
      count(before?.label, -1);
      count(after?.label, 1);
    }
    this.added.value = added;
  }

  /** Why this person may not move the image there, or null. */
  whyNotTo(queue: Queue): string | null {
    const from = this.queue.value;
    if (from === queue) return null;
    const role = roleFor(from, queue);
    if (role && this.project.may(role)) return null;
    const move = `An image in ${QUEUE_NAMES[from].name} can't go to ${QUEUE_NAMES[queue].name}`;
    return role ? `${move} without a ${role}.` : `${move}.`;
  }

  moveTo(queue: Queue): void {
    const image = this.image.value;
    if (!image || !this.editable) return;
    this.queue.value = queue;
    this.saving.saver.recordMove(image, this.revision.value, { queue });
  }

  /** Says why an image was skipped, also once another one is open. */
  explainSkip(image: Image, reason: string): void {
    this.saving.saver.recordMove(image, this.revisionOf(image.id), { queue: "skipped", reason });
  }

  /** The newest revision of an image that this visit has seen. */
  revisionOf(id: number): number {
    return this.revisions.get(id) ?? 0;
  }

  /** Shows an image: the server's state with what is unsaved on this device laid over it. */
  show({ image, state, holder, picture, suggested }: Opened): void {
    const label = this.editor.value.label ?? this.project.project.value.labels[0]?.id ?? null;
    const kept = { label, keepsView: keepsView.peek() };
    const editor = opened({ ...this.editor.value, ...kept }, image, state.annotations.map(fromWire));
    const entry = this.saving.saver.entry(image.id);
    const now = {
      ...rebased(editor.document, [...editor.document.annotations.values()], unsaved(entry)),
      rejected: new Set(unsavedPutAway(entry, true)),
    };
    this.isRestoring = unsavedPutAway(entry, false).length > 0;
    const document = this.undoing?.recalled(image.id, now) ?? now;
    this.early = [];
    this.picture.value = picture ?? null;
    this.image.value = image;
    this.asked.value = null;
    this.holder.value = holder;
    this.assignee.value = image.assigned_to;
    this.deletedBy.value = null;
    this.revision.value = state.revision;
    this.revisions.set(image.id, state.revision);
    this.queue.value = entry?.queue?.value ?? state.queue;
    this.editor.value = { ...editor, document };
    this.phase.value = "ready";
    if (suggested) this.offer(suggested);
    void this.suggest();
  }

  /** Takes over the server's state of the image on the screen; what is unsaved stays. */
  takeOver(id: number, state: AnnotationState): void {
    this.revisions.set(id, Math.max(this.revisionOf(id), state.revision));
    if (this.image.value?.id !== id || state.revision < this.revision.value) return;
    const entry = this.saving.saver.entry(id);
    this.revision.value = state.revision;
    this.queue.value = entry?.queue?.value ?? state.queue;
    const { document } = this.editor.value;
    this.become(rebased(document, state.annotations.map(fromWire), unsaved(entry)));
    if (!this.isRestoring || unsavedPutAway(entry, false).length > 0) return;
    this.isRestoring = false;
    void this.suggest();
  }

  /** Shows what was changed elsewhere. */
  private become(document: Document): void {
    this.dispatch({ type: "document", document: this.undoing?.upToDate(document) ?? document });
  }

  /** Decides the first conflict of this image. */
  decide(mine: boolean): void {
    const entry = this.entry.peek();
    const [id] = Object.keys(entry?.conflicts ?? {});
    if (!entry || id === undefined) return;
    if (mine) this.saving.saver.keepMine(entry.image, id);
    else this.takeTheirs(id);
  }

  /** Gives up our state of an annotation for the colleague's. */
  takeTheirs(id: string): void {
    const entry = this.entry.peek();
    const { document } = this.editor.value;
    if (!entry) return;
    const annotations = new Map(document.annotations);
    const theirs = entry.conflicts[id] ?? null;
    if (theirs) annotations.set(id, theirs);
    else annotations.delete(id);
    this.saving.saver.takeTheirs(entry.image, id);
    this.become({ ...document, annotations });
  }

  /** Sends once more what was refused. */
  retry(image: number): void {
    this.saving.saver.retry(image);
  }

  /** Gives up what was refused; the image on the screen shows the server's state again. */
  discard(image: number): void {
    this.saving.saver.discard(image);
    if (image !== this.image.peek()?.id) return;
    fetchState(image).then(
      (state) => this.takeOver(image, state),
      () => undefined,
    );
  }

  /** No image is open any more: the queue is at its end, or the next one did not open. Keys find nothing to change. */
  close(phase: "empty" | "failed"): void {
    this.image.value = null;
    this.holder.value = null;
    this.editor.value = opened(this.editor.value, CLOSED.image, []);
    this.phase.value = phase;
  }

  fail(error: unknown): void {
    this.error.value = error;
    this.close("failed");
  }
}

/** Without boxes and tools: one may look around. */
function cleared(editor: Editor): Editor {
  return { ...editor, hidden: true, editable: false, tool: "pan" };
}

/** What a colleague saves arrives as ever. */
function lookedAround(editor: Editor, action: Action): Editor {
  if (["document", "suggested"].includes(action.type)) return step(editor, action, newId);
  const { stage, view, follows, gesture, panHeld } = step(cleared(editor), action, newId);
  return { ...editor, stage, view, follows, gesture, panHeld };
}

function isCoarse(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}

function looksOf(project: ProjectState): LabelLooks {
  const { labels } = project.project.value;
  const patterns = patternsOf(labels);
  return new Map(
    labels.map(({ id, name, color }, index) => [
      id,
      { name, color, key: index < 9 ? String(index + 1) : "", pattern: patterns[index] ?? 0 },
    ]),
  );
}

function theirsIn(entry: Entry | undefined): Theirs[] {
  const boxes = Object.values(entry?.conflicts ?? {}).flatMap((theirs) => asBox(theirs) ?? []);
  return entry && boxes.length > 0 ? [{ boxes, by: rivals(entry) }] : [];
}

/** Boxes in others' hands, which no document holds. */
function drawnBy(others: readonly Other[]): Theirs[] {
  return others.flatMap(({ person, drawn }) =>
    drawn ? { boxes: [{ label: drawn.label, box: drawn }], by: person.name } : [],
  );
}

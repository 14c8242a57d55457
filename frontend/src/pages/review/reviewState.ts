/** The annotations that a review shows, what is selected of them, and what was done to them on this visit. */
import { computed, type Signal, signal } from "@preact/signals";
import { type Annotation, edited, type LabelId, sameAnnotation } from "../../annotator/core/annotation";
import { rivals, type Value } from "../../annotator/saving/pendingChanges";
import type { SavingSession } from "../../annotator/saving/savingSession";
import { fromWire } from "../../annotator/saving/wire";
import type { AnnotationState, Labelled } from "../../api/types";
import { Chord } from "../../app/chord";

export interface Crop {
  /** An annotation's id is its image's alone. */
  readonly key: string;
  readonly id: string;
  readonly image: Labelled["image"];
  /** As it was listed. */
  readonly was: Annotation;
  /** As it is now; null: deleted. */
  readonly now: Value;
}

type Values = ReadonlyMap<string, Value>;
/** What one key changed, by crop: from what, into what. */
type Step = ReadonlyMap<string, { readonly before: Value; readonly after: Value }>;

type Saving = Pick<SavingSession, "saver" | "onState">;

export function cropOf(row: Labelled): Crop {
  const was = fromWire(row);
  return { key: `${row.image.id}:${row.id}`, id: row.id, image: row.image, was, now: was };
}

export class ReviewState {
  readonly crops: Signal<readonly Crop[]> = signal([]);
  readonly selected: Signal<ReadonlySet<string>> = signal(new Set());
  /** The crop that the keys are at, by its place in the list. */
  readonly active = signal(0);
  readonly chord = new Chord();
  private readonly steps: Signal<readonly Step[]> = signal([]);
  readonly canUndo = computed(() => this.steps.value.length > 0);
  /** How many of those that were changed here are not as they were listed. */
  readonly changed = computed(() => {
    const mine = new Set(this.steps.value.flatMap((step) => [...step.keys()]));
    return this.crops.value.filter(({ key, was, now }) => mine.has(key) && !sameAnnotation(was, now)).length;
  });
  /** Of each image, the revision that what is shown of it rests on. */
  private readonly revisions = new Map<number, number>();
  /** Images that somebody moved to the Trash. */
  private readonly gone = new Set<number>();
  private anchor = 0;

  constructor(private readonly saving: Saving) {}

  /** Takes over what the server says after each save, until the answer is called. */
  follow(): () => void {
    return this.saving.onState((image, state) => this.takeOver(image, state));
  }

  /** Lists more. What is pending on this device stays as this person left it. */
  add(rows: readonly Labelled[]): void {
    const known = new Set(this.crops.peek().map(({ key }) => key));
    const fresh = rows.map(cropOf).filter(({ key }) => !known.has(key));
    for (const { image } of fresh) {
      // Shown are several states of an image at worst: a save rests on the oldest, and what changed since is looked at.
      this.revisions.set(image.id, Math.min(this.revisions.get(image.id) ?? image.revision, image.revision));
    }
    this.crops.value = [...this.crops.peek(), ...fresh.map((crop) => ({ ...crop, now: this.pending(crop) }))];
  }

  private pending({ image, id, now }: Crop): Value {
    const unsaved = this.saving.saver.entry(image.id)?.changes[id];
    return unsaved ? unsaved.value : now;
  }

  /** The colleague's side, where both changed this annotation; undefined where nobody did. */
  theirs({ image, id }: Crop): Value | undefined {
    return this.saving.saver.entry(image.id)?.conflicts[id];
  }

  rival({ image }: Crop): string {
    return rivals(this.saving.saver.entry(image.id) ?? {});
  }

  /** What a key acts on: the selection, or the crop that has the focus. */
  get meant(): readonly Crop[] {
    const selected = this.selected.peek();
    const crops = this.crops.peek();
    if (selected.size > 0) return crops.filter(({ key }) => selected.has(key));
    return crops.slice(this.active.peek(), this.active.peek() + 1);
  }

  /** With `range`, everything between the last one that was picked and this one. */
  pick(index: number, range: boolean): void {
    const crop = this.crops.peek()[index];
    if (!crop) return;
    if (range) {
      this.extend(index);
      return;
    }
    const next = new Set(this.selected.peek());
    if (!next.delete(crop.key)) next.add(crop.key);
    this.anchor = index;
    this.active.value = index;
    this.selected.value = next;
  }

  extend(index: number): void {
    if (this.selected.peek().size === 0) this.anchor = this.active.peek();
    const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    const between = this.crops.peek().slice(from, to + 1);
    this.active.value = index;
    this.selected.value = new Set([...this.selected.peek(), ...between.map(({ key }) => key)]);
  }

  selectAll(): void {
    this.selected.value = new Set(this.crops.peek().map(({ key }) => key));
  }

  clear(): void {
    this.selected.value = new Set();
  }

  relabel(label: LabelId): number {
    return this.change((one) => (one.label === label ? one : edited(one, { label })));
  }

  /** A person says that it is right: what a model found is then theirs. */
  accept(): number {
    return this.change((one) =>
      one.source === "human" ? one : edited(one, { source: "human", score: null }),
    );
  }

  remove(): number {
    return this.change(() => null);
  }

  /** How many of the last step it took back: what somebody changed since stays as it is. */
  undo(): number {
    const step = this.steps.peek().at(-1);
    if (!step) return 0;
    this.steps.value = this.steps.peek().slice(0, -1);
    const back = new Map<string, Value>();
    for (const { key, now, image } of this.crops.peek()) {
      const change = step.get(key);
      if (change && !this.gone.has(image.id) && sameAnnotation(now, change.after))
        back.set(key, change.before);
    }
    this.write(back);
    return back.size;
  }

  /** Decides the conflicts among what is selected. */
  decide(mine: boolean): void {
    for (const crop of this.meant) {
      if (this.theirs(crop) === undefined) continue;
      if (mine) this.keepMine(crop);
      else this.takeTheirs(crop);
    }
  }

  keepMine({ image, id }: Crop): void {
    this.saving.saver.keepMine(image.id, id);
  }

  takeTheirs(crop: Crop): void {
    const theirs = this.theirs(crop);
    if (theirs === undefined) return;
    this.saving.saver.takeTheirs(crop.image.id, crop.id);
    this.show(new Map([[crop.key, theirs]]));
  }

  /** How many it changed. One that is in conflict waits for its decision. */
  private change(to: (one: Annotation) => Value): number {
    const step = new Map<string, { before: Value; after: Value }>();
    for (const crop of this.meant) {
      if (crop.now === null || this.theirs(crop) !== undefined) continue;
      const after = to(crop.now);
      if (after !== crop.now) step.set(crop.key, { before: crop.now, after });
    }
    if (step.size === 0) return 0;
    this.steps.value = [...this.steps.peek(), step];
    this.write(new Map([...step].map(([key, { after }]) => [key, after])));
    this.clear();
    return step.size;
  }

  private write(values: Values): void {
    const written = this.crops.peek().filter(({ key }) => values.has(key));
    this.show(values);
    for (const id of new Set(written.map(({ image }) => image.id))) {
      const mine = written.filter(({ image }) => image.id === id);
      const changes = mine.map((crop) => ({
        ...{ id: crop.id, before: crop.now },
        after: values.get(crop.key) ?? null,
      }));
      this.saving.saver.record(mine[0]!.image, this.revisions.get(id) ?? 0, changes);
    }
  }

  private show(values: Values): void {
    this.crops.value = this.crops
      .peek()
      .map((crop) => (values.has(crop.key) ? { ...crop, now: values.get(crop.key) ?? null } : crop));
  }

  get images(): number[] {
    return [...this.revisions.keys()];
  }

  /** Whether a newer revision of an image has to be fetched. With something pending the save brings it back. */
  isBehind(image: number, revision: number): boolean {
    const known = this.revisions.get(image);
    if (known === undefined || (revision <= known && !this.gone.has(image))) return false;
    const isPending = this.saving.saver.entry(image) !== undefined;
    if (isPending) this.saving.saver.hurry();
    return !isPending;
  }

  /** Of images in the Trash nothing can be changed. Their crops stay in place: nothing moves under the hand. */
  lose(images: readonly number[]): void {
    for (const image of images) if (this.revisions.has(image)) this.gone.add(image);
    this.show(
      new Map(this.crops.peek().flatMap(({ key, image }) => (this.gone.has(image.id) ? [[key, null]] : []))),
    );
  }

  takeOver(image: number, state: AnnotationState): void {
    const known = this.revisions.get(image);
    if (known === undefined || state.revision < known) return;
    this.gone.delete(image);
    this.revisions.set(image, state.revision);
    const there = new Map(state.annotations.map((one) => [one.id, fromWire(one)]));
    this.crops.value = this.crops
      .peek()
      .map((crop) =>
        crop.image.id === image
          ? { ...crop, now: this.pending({ ...crop, now: there.get(crop.id) ?? null }) }
          : crop,
      );
  }
}

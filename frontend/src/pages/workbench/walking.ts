/** From image to image: opening, next, previous, skipping; claims and the trail. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ApiError } from "../../api/errors";
import type { Image, Queue } from "../../api/types";
import { navigate } from "../../app/router";
import { toast, toastError } from "../../ui/toast";
import type { Bench } from "./bench";
import { claimNext, type Opened, openImage, previewUrl, releaseImage } from "./fetching";
import { type Leafing, leafThrough } from "./leafing";
import { type Frame, framesOf } from "./strip";
import { arrive, back, forget, forward, loadTrail, storeTrail, type Trail } from "./trail";

export class Walk {
  /** The images around this one, for the strip. */
  readonly frames: ReadonlySignal<readonly Frame[]>;
  private readonly trail: Signal<Trail>;
  private readonly upcoming = signal<readonly Image[]>([]);
  private readonly known = signal<ReadonlyMap<number, Image>>(new Map());
  private turn = 0;
  /** The address that is open or being opened. */
  private place = "";
  private walking = false;
  private leaf: { readonly queue: Queue; readonly list: Leafing } | null = null;

  constructor(
    private readonly bench: Bench,
    private readonly queue: () => Queue,
  ) {
    this.trail = signal(loadTrail(this.projectId));
    this.frames = computed(() => framesOf(this.trail.value, this.upcoming.value, this.known.value));
  }

  /** Notes an image's newest queue, whoever moved it. */
  moved(id: number, queue: Queue): void {
    const image = this.known.peek().get(id);
    if (image && image.queue !== queue) this.meet([{ ...image, queue }]);
  }

  private meet(images: readonly Image[]): void {
    this.known.value = new Map([...this.known.peek(), ...images.map((one) => [one.id, one] as const)]);
  }

  private setTrail(trail: Trail): void {
    this.trail.value = trail;
    storeTrail(this.projectId, trail);
  }

  private get projectId(): number {
    return this.bench.project.project.peek().id;
  }

  address(image: number | null): string {
    const { slug } = this.bench.project.project.peek();
    const query = this.queue() === "unlabelled" ? "" : `?queue=${this.queue()}`;
    return `/p/${slug}/label${image === null ? "" : `/${image}`}${query}`;
  }

  /** Opens what the address asks for; without an image, the next of the queue. */
  async open(id: number | null): Promise<void> {
    if (this.place === this.address(id)) return;
    this.place = this.address(id);
    this.turn += 1;
    const turn = this.turn;
    this.bench.phase.value = "loading";
    try {
      await this.bench.saving.ready;
      const found = id === null ? await this.first() : await openImage(id, this.bench.editable);
      if (turn !== this.turn) return;
      if (!found) return this.finished();
      this.release(found.image.id);
      this.arrived(found);
      if (id === null) navigate(this.address(found.image.id), { replace: true });
    } catch (error) {
      if (turn === this.turn) this.failed(id, error);
    }
  }

  /** Opens the same place once more, after an error or at the end of a queue. */
  again = (id: number | null): Promise<void> => {
    this.place = "";
    return this.open(id);
  };

  private first(): Promise<Opened | null> {
    return this.bench.editable ? claimNext(this.projectId, this.queue(), null) : this.peek(null);
  }

  /** Viewers claim nothing: they look through the list. */
  private async peek(after: number | null): Promise<Opened | null> {
    const next = await this.leafing().after(after);
    return next && openImage(next.id, false);
  }

  private leafing(): Leafing {
    const queue = this.queue();
    if (this.leaf?.queue !== queue) this.leaf = { queue, list: leafThrough(this.projectId, queue) };
    return this.leaf.list;
  }

  next = (): Promise<void> =>
    this.walk(async () => {
      const { ids, at } = this.trail.peek();
      const here = this.bench.image.peek()?.id ?? ids[at] ?? null;
      const known = forward(this.trail.peek());
      if (known !== null) return this.go(known);
      const found = await this.after(here);
      if (!found) return this.finished();
      this.arrived(found);
      navigate(this.address(found.image.id));
    });

  previous = (): Promise<void> =>
    this.walk(async () => {
      const known = back(this.trail.peek());
      if (known === null) toast("This is the first image of this visit.");
      else this.go(known);
    });

  skip = (): Promise<void> => this.settle("skipped", "skipped");

  /** Nothing to mark here: a negative, which training uses. On one that is settled so already: back to be labelled. */
  markEmpty = (): Promise<void> => {
    if (this.bench.document.peek().annotations.size > 0) {
      toast("This image has boxes. Delete them first, then mark it as empty.");
      return Promise.resolve();
    }
    if (["unlabelled", "skipped"].includes(this.bench.queue.peek()))
      return this.settle("labelled", "marked as empty");
    this.bench.moveTo("unlabelled");
    return Promise.resolve();
  };

  /** Moves the image to a queue and goes on; for a while one can take it back. */
  private settle(queue: Queue, word: string): Promise<void> {
    const image = this.bench.image.peek();
    if (!image || this.walking) return Promise.resolve();
    const was = this.bench.queue.peek();
    const undo = (): void => {
      this.bench.saving.saver.recordQueue(image, this.bench.revisionOf(image.id), was);
      this.go(image.id);
    };
    this.bench.moveTo(queue);
    toast({ text: `${image.name} ${word}`, action: { label: "Undo", run: undo } });
    return this.next();
  }

  leave(): void {
    this.turn += 1;
    this.release();
  }

  /** One walk at a time: keys repeat. */
  private async walk(steps: () => Promise<void> | void): Promise<void> {
    if (this.walking) return;
    this.walking = true;
    try {
      await steps();
    } catch (error) {
      toastError(error);
    } finally {
      this.walking = false;
    }
  }

  private go(id: number): void {
    navigate(this.address(id));
  }

  /** The server comes round to the start, and takes back the claim on the image one leaves. */
  private after(here: number | null): Promise<Opened | null> {
    return this.bench.editable ? claimNext(this.projectId, this.queue(), here) : this.peek(here);
  }

  private arrived(found: Opened): void {
    this.meet([found.image]);
    this.setTrail(arrive(this.trail.peek(), found.image.id));
    this.place = this.address(found.image.id);
    this.bench.show(found);
    void this.preload(found.image.id);
  }

  private finished(): void {
    this.release();
    this.bench.close("empty");
    this.place = this.address(null);
    navigate(this.place, { replace: true });
  }

  private failed(id: number | null, error: unknown): void {
    if (id !== null && error instanceof ApiError && error.status === 404) {
      this.setTrail(forget(this.trail.peek(), id));
    }
    this.release();
    this.bench.fail(error);
  }

  private release(next: number | null = null): void {
    const left = this.bench.image.peek();
    if (left && left.id !== next && this.bench.editable && !this.bench.holder.peek()) releaseImage(left.id);
  }

  /** The next picture is fetched while one labels this one; the browser's cache does the rest. */
  private async preload(here: number): Promise<void> {
    const list = this.leafing();
    const ahead = await list.after(here, 2).catch(() => null);
    if (this.bench.image.peek()?.id !== here) return;
    this.upcoming.value = list.upcoming(here).slice(0, 40);
    this.meet(this.upcoming.value.filter(({ id }) => !this.known.peek().has(id)));
    const next = forward(this.trail.peek()) ?? ahead?.id;
    if (next !== undefined) new globalThis.Image().src = previewUrl(next);
  }
}

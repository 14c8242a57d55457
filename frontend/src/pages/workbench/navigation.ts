/** From image to image: opening, next, previous, skipping; claims and where one has been. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ApiError } from "../../api/errors";
import type { Image, Queue } from "../../api/types";
import { navigate } from "../../app/router";
import { toast, toastError } from "../../ui/toast";
import { claimNext, type Opened, openImage, previewUrl, releaseImage } from "./fetching";
import { type Frame, framesOf } from "./filmstripFrames";
import { type QueueList, queueListOf } from "./queueList";
import { arrive, back, forget, forward, loadVisits, storeVisits, type Visits } from "./visits";
import type { WorkbenchState } from "./workbenchState";

export class Navigation {
  /** The images around this one, for the strip. */
  readonly frames: ReadonlySignal<readonly Frame[]>;
  private readonly visits: Signal<Visits>;
  private readonly upcoming = signal<readonly Image[]>([]);
  private readonly known = signal<ReadonlyMap<number, Image>>(new Map());
  private turn = 0;
  /** The address that is open or being opened. */
  private place = "";
  private isMoving = false;
  private ahead: { readonly queue: Queue; readonly list: QueueList } | null = null;

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly queue: () => Queue,
  ) {
    this.visits = signal(loadVisits(this.projectId));
    this.frames = computed(() => framesOf(this.visits.value, this.upcoming.value, this.known.value));
  }

  /** Notes an image's newest queue, whoever moved it. */
  moved(id: number, queue: Queue): void {
    const image = this.known.peek().get(id);
    if (image && image.queue !== queue) this.meet([{ ...image, queue }]);
  }

  private meet(images: readonly Image[]): void {
    this.known.value = new Map([...this.known.peek(), ...images.map((one) => [one.id, one] as const)]);
  }

  private setVisits(visits: Visits): void {
    this.visits.value = visits;
    storeVisits(this.projectId, visits);
  }

  private get projectId(): number {
    return this.workbench.project.project.peek().id;
  }

  address(image: number | null): string {
    const { slug } = this.workbench.project.project.peek();
    const query = this.queue() === "unlabelled" ? "" : `?queue=${this.queue()}`;
    return `/p/${slug}/label${image === null ? "" : `/${image}`}${query}`;
  }

  /** Opens what the address asks for; without an image, the next of the queue. */
  async open(id: number | null): Promise<void> {
    if (this.place === this.address(id)) return;
    this.place = this.address(id);
    this.turn += 1;
    const turn = this.turn;
    this.workbench.phase.value = "loading";
    try {
      await this.workbench.saving.ready;
      const found = id === null ? await this.first() : await openImage(id, this.workbench.editable);
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
    return this.workbench.editable ? claimNext(this.projectId, this.queue(), null) : this.peek(null);
  }

  /** Viewers claim nothing: they look through the list. */
  private async peek(after: number | null): Promise<Opened | null> {
    const next = await this.list().after(after);
    return next && openImage(next.id, false);
  }

  private list(): QueueList {
    const queue = this.queue();
    if (this.ahead?.queue !== queue) this.ahead = { queue, list: queueListOf(this.projectId, queue) };
    return this.ahead.list;
  }

  next = (): Promise<void> =>
    this.oneStep(async () => {
      const { ids, at } = this.visits.peek();
      const here = this.workbench.image.peek()?.id ?? ids[at] ?? null;
      const known = forward(this.visits.peek());
      if (known !== null) return this.go(known);
      const found = await this.after(here);
      if (!found) return this.finished();
      this.arrived(found);
      navigate(this.address(found.image.id));
    });

  previous = (): Promise<void> =>
    this.oneStep(async () => {
      const known = back(this.visits.peek());
      if (known === null) toast("This is the first image of this visit.");
      else this.go(known);
    });

  skip = (): Promise<void> => this.settle("skipped", "skipped");

  /** Nothing to mark here: a negative, which training uses. On one that is settled so already: back to be labelled. */
  markEmpty = (): Promise<void> => {
    if (this.workbench.document.peek().annotations.size > 0) {
      toast("This image has boxes. Delete them first, then mark it as empty.");
      return Promise.resolve();
    }
    if (["unlabelled", "skipped"].includes(this.workbench.queue.peek()))
      return this.settle("labelled", "marked as empty");
    const reason = this.workbench.whyNotTo("unlabelled");
    if (reason) toast(reason);
    else this.workbench.moveTo("unlabelled");
    return Promise.resolve();
  };

  /** Moves the image to a queue and goes on; for a while one can take it back. */
  private settle(queue: Queue, word: string): Promise<void> {
    const image = this.workbench.image.peek();
    if (!image || this.isMoving) return Promise.resolve();
    const reason = this.workbench.whyNotTo(queue);
    if (reason) {
      toast(reason);
      return Promise.resolve();
    }
    const was = this.workbench.queue.peek();
    const undo = (): void => {
      this.workbench.saving.saver.recordQueue(image, this.workbench.revisionOf(image.id), was);
      this.go(image.id);
    };
    this.workbench.moveTo(queue);
    toast({ text: `${image.name} ${word}`, action: { label: "Undo", run: undo } });
    return this.next();
  }

  leave(): void {
    this.turn += 1;
    this.release();
  }

  /** One step at a time: keys repeat. */
  private async oneStep(steps: () => Promise<void> | void): Promise<void> {
    if (this.isMoving) return;
    this.isMoving = true;
    try {
      await steps();
    } catch (error) {
      toastError(error);
    } finally {
      this.isMoving = false;
    }
  }

  private go(id: number): void {
    navigate(this.address(id));
  }

  /** The server comes round to the start, and takes back the claim on the image one leaves. */
  private after(here: number | null): Promise<Opened | null> {
    return this.workbench.editable ? claimNext(this.projectId, this.queue(), here) : this.peek(here);
  }

  private arrived(found: Opened): void {
    this.meet([found.image]);
    this.setVisits(arrive(this.visits.peek(), found.image.id));
    this.place = this.address(found.image.id);
    this.workbench.show(found);
    void this.preload(found.image.id);
  }

  private finished(): void {
    this.release();
    this.workbench.close("empty");
    this.place = this.address(null);
    navigate(this.place, { replace: true });
  }

  private failed(id: number | null, error: unknown): void {
    if (id !== null && error instanceof ApiError && error.status === 404) {
      this.setVisits(forget(this.visits.peek(), id));
    }
    this.release();
    this.workbench.fail(error);
  }

  private release(next: number | null = null): void {
    const left = this.workbench.image.peek();
    if (left && left.id !== next && this.workbench.editable && !this.workbench.holder.peek())
      releaseImage(left.id);
  }

  /** The next picture is fetched while one labels this one; the browser's cache does the rest. */
  private async preload(here: number): Promise<void> {
    const list = this.list();
    const ahead = await list.after(here, 2).catch(() => null);
    if (this.workbench.image.peek()?.id !== here) return;
    this.upcoming.value = list.upcoming(here).slice(0, 40);
    this.meet(this.upcoming.value.filter(({ id }) => !this.known.peek().has(id)));
    const next = forward(this.visits.peek()) ?? ahead?.id;
    if (next !== undefined) new globalThis.Image().src = previewUrl(next);
  }
}

/** From image to image: opening, next, previous; claims and where one has been. */

import { type Signal, signal } from "@preact/signals";
import { ApiError } from "../../api/errors";
import type { Queue } from "../../api/types";
import { navigate } from "../../app/router";
import { toast, toastError } from "../../ui/toast";
import { claimNext, type Opened, openImage, releaseImage } from "./fetching";
import { type Neighbours, NO_NEIGHBOURS } from "./filmstripFrames";
import { type FilteredList, filteredList } from "./filteredList";
import { listName } from "./listNames";
import { type QueueList, queueListOf } from "./queueList";
import { Surroundings } from "./surroundings";
import * as visiting from "./visits";
import { visitsKey, type Walk, walkQuery } from "./walks";
import type { WorkbenchState } from "./workbenchState";

export class Navigation {
  readonly surroundings: Surroundings;
  /** A step is on its way: another one waits for its end. */
  isMoving = false;
  private readonly visits: Signal<visiting.Visits> = signal(visiting.NO_VISITS);
  private turn = 0;
  /** The address that is open or being opened. */
  private place = "";
  private key = "";
  private list: FilteredList | null = null;
  private ahead: { readonly queue: Queue; readonly list: QueueList } | null = null;

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly walk: () => Walk,
  ) {
    this.surroundings = new Surroundings(this.visits);
    this.enter();
  }

  /** Another list has visits of its own. */
  private enter(): void {
    const walk = this.walk();
    const key = visitsKey(this.projectId, walk);
    if (key === this.key) return;
    this.key = key;
    this.visits.value = visiting.loadVisits(key);
    this.surroundings.clear();
    this.list = walk.list && filteredList(this.projectId, walk.list);
  }

  private setVisits(visits: visiting.Visits): void {
    this.visits.value = visits;
    visiting.storeVisits(this.key, visits);
  }

  private get projectId(): number {
    return this.workbench.project.project.peek().id;
  }

  address(image: number | null): string {
    const { slug } = this.workbench.project.project.peek();
    return `/p/${slug}/label${image === null ? "" : `/${image}`}${walkQuery(this.walk())}`;
  }

  /** Opens what the address asks for; without an image, the next of the queue or the first of the list. */
  async open(id: number | null): Promise<void> {
    if (this.place === this.address(id)) return;
    this.place = this.address(id);
    this.enter();
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

  private async first(): Promise<Opened | null> {
    if (!this.list) return this.claim(null);
    const first = await this.list.first();
    return first && openImage(first.id, this.workbench.editable);
  }

  /** The queue's next image. The server comes round to the start, and takes back the claim on the image one leaves. */
  private claim(after: number | null): Promise<Opened | null> {
    return this.workbench.editable ? claimNext(this.projectId, this.walk().queue, after) : this.look(after);
  }

  /** Viewers claim nothing: they look through the queue's list. */
  private async look(after: number | null): Promise<Opened | null> {
    const next = await this.queueList().after(after);
    return next && openImage(next.id, false);
  }

  private queueList(): QueueList {
    const { queue } = this.walk();
    if (this.ahead?.queue !== queue) this.ahead = { queue, list: queueListOf(this.projectId, queue) };
    return this.ahead.list;
  }

  next = (): Promise<void> =>
    this.oneStep(async () => {
      const known = visiting.forward(this.visits.peek());
      if (known !== null) return this.go(known);
      if (this.list) return this.goBeside(this.list, "after");
      const found = await this.claim(this.here);
      if (!found) return this.finished();
      this.arrived(found);
      navigate(this.address(found.image.id));
    });

  previous = (): Promise<void> =>
    this.oneStep(async () => {
      const visits = this.visits.peek();
      // At the end of a queue, the image before is the one that was open last.
      const known = this.workbench.phase.peek() === "empty" ? this.here : visiting.back(visits);
      if (known !== null) this.go(known);
      else if (this.list) await this.goBeside(this.list, "before");
      else toast("This is the first image of this visit.");
    });

  private get here(): number | null {
    return this.workbench.image.peek()?.id ?? visiting.here(this.visits.peek());
  }

  private async goBeside(list: FilteredList, side: "after" | "before"): Promise<void> {
    const { here } = this;
    const beside = here === null ? undefined : (await list.beside(here, side))[0];
    if (beside) {
      this.setVisits(visiting.extended(this.visits.peek(), beside.id, side));
      this.go(beside.id);
    } else if (side === "after") this.finished();
    else toast(`This is the first image of the list: ${this.listName()}.`);
  }

  private listName(): string {
    const filter = this.walk().list;
    return filter ? listName(filter, this.workbench.project.project.peek().labels) : "";
  }

  leave(): void {
    this.turn += 1;
    this.release();
    // Opened from the gallery again, a list is walked as it is then.
    if (this.list) visiting.storeVisits(this.key, visiting.NO_VISITS);
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

  go(id: number): void {
    navigate(this.address(id));
  }

  private arrived(found: Opened): void {
    const { id } = found.image;
    this.surroundings.meet([found.image]);
    this.setVisits((this.list ? visiting.arriveInList : visiting.arrive)(this.visits.peek(), id));
    this.place = this.address(id);
    this.workbench.show(found);
    void this.lookAround(id);
  }

  private finished(): void {
    this.release();
    this.workbench.close("empty");
    this.place = this.address(null);
    navigate(this.place, { replace: true });
  }

  private failed(id: number | null, error: unknown): void {
    if (id !== null && error instanceof ApiError && error.status === 404) {
      this.setVisits(visiting.forget(this.visits.peek(), id));
    }
    this.release();
    this.workbench.fail(error);
  }

  private release(next: number | null = null): void {
    const left = this.workbench.image.peek();
    if (left && left.id !== next && this.workbench.editable && !this.workbench.holder.peek())
      releaseImage(left.id);
  }

  private async lookAround(here: number): Promise<void> {
    const found = await (this.list ? this.besideStretch(this.list) : this.aheadInQueue(here)).catch(
      () => null,
    );
    if (found && this.workbench.image.peek()?.id === here) this.surroundings.show(found);
  }

  private async besideStretch(list: FilteredList): Promise<Neighbours> {
    const { ids } = this.visits.peek();
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return NO_NEIGHBOURS;
    const [before, after] = await Promise.all([list.beside(first, "before"), list.beside(last, "after")]);
    return { before, after };
  }

  private async aheadInQueue(here: number): Promise<Neighbours> {
    const list = this.queueList();
    await list.after(here, 2);
    return { before: [], after: list.upcoming(here).slice(0, 40) };
  }
}

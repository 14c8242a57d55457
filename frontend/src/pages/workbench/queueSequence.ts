/** Through a queue. Who may label claims each image from the server; a viewer looks through the list of the queue. */
import { later } from "../../annotator/saving/later";
import { settled } from "../../annotator/saving/savingSession";
import type { Queue } from "../../api/types";
import type { Ahead } from "./ahead";
import { claimNext, type Opened, openImage, releaseImage } from "./fetching";
import type { Neighbours } from "./filmstripFrames";
import { type QueueList, queueListOf } from "./queueList";
import type { Destination, Sequence } from "./sequence";
import type { VisitHistory } from "./visitHistory";
import { arrive, arriveAnew, forward, here } from "./visits";
import type { WorkbenchState } from "./workbenchState";

const AHEAD = 40;
const PAGES_AHEAD = 2;
/** As many as one may hold. */
const MOST_LEFT = 4;
const QUICK_MS = 50;

export class QueueSequence implements Sequence {
  readonly startText = "This is the first image of this visit.";
  private readonly list: QueueList;
  /** Images that one is through with, still to be given back. */
  private left: readonly number[] = [];

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly history: VisitHistory,
    private readonly ahead: Ahead,
    private readonly queue: Queue,
  ) {
    this.list = queueListOf(this.project, queue);
  }

  private get project(): number {
    return this.workbench.project.project.peek().id;
  }

  first(): Promise<Opened | null> {
    return this.claim(null);
  }

  open(id: number): Promise<Opened> {
    return openImage(id, this.workbench.editable);
  }

  async after(here: number | null): Promise<Destination | null> {
    const ready = await this.ahead.take(here);
    if (here !== null && this.workbench.editable) this.left = [...this.left, here].slice(-MOST_LEFT);
    const opened = ready ?? (await this.claim(here));
    if (!opened) this.releaseSaved();
    if (opened) this.history.change((visits) => arriveAnew(visits, opened.image.id));
    return opened && { id: opened.image.id, opened };
  }

  /** Images are claimed in one direction: before the first visit there is none. */
  async before(): Promise<null> {
    return null;
  }

  arrive(id: number): void {
    this.history.change((visits) => arrive(visits, id));
    this.left = this.left.filter((one) => one !== id);
  }

  /** Waits for saves that are quick: what is saved is given back by the claim itself, the rest by a request of its own. */
  async prepare(): Promise<void> {
    const { visits } = this.history;
    const last = here(visits.peek());
    if (last === null || forward(visits.peek()) !== null) return;
    const saved = Promise.all(this.left.map((id) => settled(this.workbench.saving, id)));
    await Promise.race([saved, new Promise<void>((go) => later(QUICK_MS, go))]);
    if (here(visits.peek()) !== last) return;
    await this.ahead.prepare(last, () => this.claimOther(last));
    this.releaseSaved();
  }

  async neighbours(here: number): Promise<Neighbours> {
    await this.list.after(here, PAGES_AHEAD);
    return { before: [], after: this.list.upcoming(here).slice(0, AHEAD) };
  }

  release(): void {
    for (const id of this.left) releaseImage(id);
    this.left = [];
  }

  /** Queues share their visits, which stay until the tab is closed. */
  leave(): void {}

  private releaseSaved(): void {
    for (const id of this.left) void settled(this.workbench.saving, id).then(() => this.releaseLeft(id));
  }

  private releaseLeft(id: number): void {
    if (!this.left.includes(id)) return;
    this.left = this.left.filter((one) => one !== id);
    releaseImage(id);
  }

  /** Not one that was just left, which the server hands out as long as it lacks what was changed there. */
  private async claimOther(after: number): Promise<Opened | null> {
    const opened = await this.claim(after);
    if (!opened || !this.left.includes(opened.image.id)) return opened;
    await settled(this.workbench.saving, opened.image.id);
    return this.claim(after);
  }

  /** After the last image the server begins again with the first. What is left is given back once it is saved: whoever
   * got it earlier would find it as it was. */
  private async claim(after: number | null): Promise<Opened | null> {
    if (this.workbench.editable) {
      const saved = this.left.filter((id) => !this.workbench.saving.saver.entry(id));
      const opened = await claimNext(this.project, this.queue, after, saved);
      this.left = this.left.filter((id) => !saved.includes(id));
      return opened;
    }
    const next = await this.list.after(after);
    return next && openImage(next.id, false);
  }
}

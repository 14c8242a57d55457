/** Through a queue. Who may label claims each image from the server; a viewer looks through the list of the queue. */
import type { Queue } from "../../api/types";
import { claimNext, type Opened, openImage } from "./fetching";
import type { Neighbours } from "./filmstripFrames";
import { type QueueList, queueListOf } from "./queueList";
import type { Destination, Sequence } from "./sequence";
import type { VisitHistory } from "./visitHistory";
import { arrive } from "./visits";
import type { WorkbenchState } from "./workbenchState";

const AHEAD = 40;
const PAGES_AHEAD = 2;

export class QueueSequence implements Sequence {
  readonly startText = "This is the first image of this visit.";
  private readonly list: QueueList;

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly history: VisitHistory,
    private readonly queue: Queue,
  ) {
    this.list = queueListOf(this.project, queue);
  }

  private get project(): number {
    return this.workbench.project.project.peek().id;
  }

  first(): Promise<Opened | null> {
    return this.open(null);
  }

  async after(here: number | null): Promise<Destination | null> {
    const opened = await this.open(here);
    return opened && { id: opened.image.id, opened };
  }

  /** Images are claimed in one direction: before the first visit there is none. */
  async before(): Promise<null> {
    return null;
  }

  arrive(id: number): void {
    this.history.change((visits) => arrive(visits, id));
  }

  async neighbours(here: number): Promise<Neighbours> {
    await this.list.after(here, PAGES_AHEAD);
    return { before: [], after: this.list.upcoming(here).slice(0, AHEAD) };
  }

  leave(): void {
    // Queues share their visits, which stay until the tab is closed.
  }

  /** After the last image the server begins again with the first. It frees the image that one leaves. */
  private async open(after: number | null): Promise<Opened | null> {
    if (this.workbench.editable) return claimNext(this.project, this.queue, after);
    const next = await this.list.after(after);
    return next && openImage(next.id, false);
  }
}

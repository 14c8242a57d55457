/** Through a list of the gallery, as it was filtered and ordered there. */
import type { ImageFilter } from "../../api/imageLists";
import type { Ahead } from "./ahead";
import { type Opened, openImage, releaseImage } from "./fetching";
import { type Neighbours, NO_NEIGHBOURS } from "./filmstripFrames";
import { type FilteredList, filteredList } from "./filteredList";
import { listName } from "./listNames";
import type { Destination, Sequence } from "./sequence";
import type { VisitHistory } from "./visitHistory";
import { arriveInList, extended, forward, here } from "./visits";
import type { WorkbenchState } from "./workbenchState";

export class ListSequence implements Sequence {
  private readonly list: FilteredList;

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly history: VisitHistory,
    private readonly ahead: Ahead,
    private readonly filter: ImageFilter,
  ) {
    this.list = filteredList(workbench.project.project.peek().id, filter);
  }

  get startText(): string {
    const { labels } = this.workbench.project.project.peek();
    return `This is the first image of the list: ${listName(this.filter, labels)}.`;
  }

  async first(): Promise<Opened | null> {
    const first = await this.list.first();
    return first && openImage(first.id, this.workbench.editable);
  }

  open(id: number): Promise<Opened> {
    return openImage(id, this.workbench.editable);
  }

  async after(here: number | null): Promise<Destination | null> {
    const opened = await this.ahead.take(here);
    if (!opened) return this.beside(here, "after");
    const { id } = opened.image;
    this.history.change((visits) => extended(visits, id, "after"));
    if (here !== null && this.workbench.editable && !this.workbench.holder.peek()) releaseImage(here);
    return { id, opened };
  }

  before(here: number | null): Promise<Destination | null> {
    return this.beside(here, "before");
  }

  arrive(id: number): void {
    this.history.change((visits) => arriveInList(visits, id));
  }

  async prepare(): Promise<void> {
    const visits = this.history.visits.peek();
    const last = here(visits);
    if (last === null || forward(visits) !== null) return;
    await this.ahead.prepare(last, async () => {
      const [next] = await this.list.beside(last, "after");
      return next ? openImage(next.id, this.workbench.editable) : null;
    });
  }

  /** The images before the first visit and after the last. */
  async neighbours(): Promise<Neighbours> {
    const { ids } = this.history.visits.peek();
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return NO_NEIGHBOURS;
    const [before, after] = await Promise.all([
      this.list.beside(first, "before"),
      this.list.beside(last, "after"),
    ]);
    return { before, after };
  }

  /** What one leaves is given back at once. */
  release(): void {}

  /** The list may be another one when it is opened from the gallery again: its visits end here. */
  leave(): void {
    this.history.drop();
  }

  private async beside(here: number | null, side: "after" | "before"): Promise<Destination | null> {
    const found = here === null ? undefined : (await this.list.beside(here, side))[0];
    if (!found) return null;
    this.history.change((visits) => extended(visits, found.id, side));
    return { id: found.id, opened: null };
  }
}

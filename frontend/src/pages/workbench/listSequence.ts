/** Through a list of the gallery, as it was filtered and ordered there. */
import type { ImageFilter } from "../../api/imageLists";
import { type Opened, openImage } from "./fetching";
import { type Neighbours, NO_NEIGHBOURS } from "./filmstripFrames";
import { type FilteredList, filteredList } from "./filteredList";
import { listName } from "./listNames";
import type { Destination, Sequence } from "./sequence";
import type { VisitHistory } from "./visitHistory";
import { arriveInList, extended } from "./visits";
import type { WorkbenchState } from "./workbenchState";

export class ListSequence implements Sequence {
  private readonly list: FilteredList;

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly history: VisitHistory,
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

  after(here: number | null): Promise<Destination | null> {
    return this.beside(here, "after");
  }

  before(here: number | null): Promise<Destination | null> {
    return this.beside(here, "before");
  }

  arrive(id: number): void {
    this.history.change((visits) => arriveInList(visits, id));
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

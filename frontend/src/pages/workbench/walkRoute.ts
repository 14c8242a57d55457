/** What the address tells to walk through: its sequence, the visits on it, and the images around. */
import { signal } from "@preact/signals";
import { later } from "../../annotator/saving/later";
import { fetchPlace } from "../../api/imageLists";
import type { Image, ListPlace } from "../../api/types";
import { Ahead } from "./ahead";
import { AlongSequence } from "./alongSequence";
import { loadPicture, openImage, releaseImage } from "./fetching";
import { ListSequence } from "./listSequence";
import { QueueSequence } from "./queueSequence";
import type { Sequence } from "./sequence";
import { Surroundings } from "./surroundings";
import { VisitHistory } from "./visitHistory";
import { forget, here } from "./visits";
import { visitsKey, type Walk, walkQuery } from "./walks";
import type { WorkbenchState } from "./workbenchState";

export class WalkRoute {
  readonly history = new VisitHistory();
  /** Of the image in the list that one walks; null in a queue, and where it is not known. */
  readonly place = signal<ListPlace | null>(null);
  readonly surroundings = new Surroundings(this.history.visits);
  readonly ahead: Ahead;
  private entered: { readonly query: string; readonly sequence: Sequence };

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly walk: () => Walk,
  ) {
    const requests = {
      open: (id: number) => openImage(id, workbench.editable),
      release: (id: number) => workbench.editable && releaseImage(id),
      load: loadPicture,
      isHidden: () => document.visibilityState === "hidden",
    };
    this.ahead = new Ahead(requests, later, Date.now);
    this.entered = this.enter();
  }

  get sequence(): Sequence {
    return this.entered.sequence;
  }

  /** The image on the screen, or the last one that was. */
  get here(): number | null {
    return this.workbench.image.peek()?.id ?? here(this.history.visits.peek());
  }

  address(image: number | null): string {
    const { slug } = this.workbench.project.project.peek();
    return `/p/${slug}/label${image === null ? "" : `/${image}`}${walkQuery(this.walk())}`;
  }

  /** Takes up another walk, if the address names one by now. */
  follow(): void {
    if (walkQuery(this.walk()) === this.entered.query) return;
    this.ahead.drop();
    this.entered = this.enter();
  }

  /** Gives back what is held besides the image on the screen. */
  release(): void {
    this.ahead.drop();
    this.sequence.release();
  }

  /** The page is left. */
  leave(): void {
    this.release();
    this.sequence.leave();
  }

  private enter(): { query: string; sequence: Sequence } {
    const { workbench, history } = this;
    const walk = this.walk();
    const isOther = history.enter(visitsKey(workbench.project.project.peek().id, walk));
    this.place.value = null;
    if (isOther) this.surroundings.clear();
    return { query: walkQuery(walk), sequence: this.sequenceOf(walk) };
  }

  private sequenceOf({ list, queue, isAlong }: Walk): Sequence {
    const { workbench, history, ahead } = this;
    if (isAlong) return new AlongSequence(workbench, history);
    return list
      ? new ListSequence(workbench, history, ahead, list)
      : new QueueSequence(workbench, history, ahead, queue);
  }

  arrive(image: Image): void {
    this.surroundings.meet([image]);
    this.sequence.arrive(image.id);
  }

  /** Images that were deleted; the one on the screen stays until one goes on. */
  forget(ids: readonly number[]): void {
    const gone = ids.filter((id) => !this.isOpen(id));
    this.history.change((visits) => gone.reduce(forget, visits));
    this.surroundings.forget(gone);
  }

  /** Fetches what lies beside an image, and shows it if that image is still open then. */
  async lookAround(image: number): Promise<void> {
    void this.findPlace(image);
    void this.sequence.prepare();
    const found = await this.sequence.neighbours(image).catch(() => null);
    if (found && this.isOpen(image)) this.surroundings.show(found);
  }

  private async findPlace(image: number): Promise<void> {
    const { list, isAlong } = this.walk();
    const { at, ids } = this.history.visits.peek();
    const along = isAlong ? { place: at + 1, total: ids.length, has_more: false } : null;
    const place = list ? await fetchPlace(image, list).catch(() => null) : along;
    if (this.isOpen(image)) this.place.value = place;
  }

  private isOpen(image: number): boolean {
    return this.workbench.image.peek()?.id === image;
  }
}

/** Through the images that one took along: each opens from this device, and is looked at anew once the server answers. */
import { type AlongImage, imagesAlong, keepAlongState, tripOf } from "../../annotator/saving/alongImages";
import type { Queue } from "../../api/types";
import { userId } from "../../app/session";
import { type Opened, openImage } from "./fetching";
import { type Neighbours, NO_NEIGHBOURS } from "./filmstripFrames";
import type { Destination, Sequence } from "./sequence";
import type { VisitHistory } from "./visitHistory";
import { forward, here } from "./visits";
import type { WorkbenchState } from "./workbenchState";

export class AlongSequence implements Sequence {
  readonly startText = "This is the first image you have along.";
  private readonly pictures = new Map<number, string>();

  constructor(
    private readonly workbench: WorkbenchState,
    private readonly history: VisitHistory,
  ) {}

  async first(): Promise<Opened | null> {
    const left = await this.unfinished();
    return left && this.opened(left);
  }

  async open(id: number): Promise<Opened> {
    const row = (await this.rows()).find(({ image }) => image.id === id);
    return row ? this.opened(row) : openImage(id, this.workbench.editable);
  }

  /** Behind the last image comes the first that is not finished. */
  async after(here: number | null): Promise<Destination | null> {
    const left = await this.unfinished();
    return left && left.image.id !== here ? { id: left.image.id, opened: this.opened(left) } : null;
  }

  async before(): Promise<null> {
    return null;
  }

  arrive(id: number): void {
    this.history.change(({ ids }) => {
      const at = ids.indexOf(id);
      return at < 0 ? { ids: [id], at: 0 } : { ids, at };
    });
  }

  async prepare(): Promise<void> {
    const id = here(this.history.visits.peek());
    if (id === null) return;
    await this.decodeNext();
    const found = await openImage(id, this.workbench.editable).catch(() => null);
    if (!found) return;
    await keepAlongState(this.user, id, found.state);
    this.workbench.takeOver(id, found.state);
    if (this.workbench.image.peek()?.id === id) this.workbench.holder.value = found.holder;
  }

  async neighbours(): Promise<Neighbours> {
    const images = (await this.rows()).map(({ image }) => image);
    return { ...NO_NEIGHBOURS, after: images };
  }

  /** They stay one's own until they are given back. */
  release(): void {}

  leave(): void {
    for (const url of this.pictures.values()) URL.revokeObjectURL(url);
    this.pictures.clear();
  }

  private get user(): number {
    return userId.peek() ?? 0;
  }

  /** As they are on this device by now. The visits are all of them, in order. */
  private async rows(): Promise<AlongImage[]> {
    const rows = await imagesAlong(this.user, this.workbench.project.project.peek().id);
    const ids = rows.map(({ image }) => image.id);
    this.history.change((visits) => ({ ids, at: ids.indexOf(here(visits) ?? -1) }));
    return rows;
  }

  private async unfinished(): Promise<AlongImage | null> {
    const trip = await tripOf(this.user, this.workbench.project.project.peek().slug);
    const { saver } = this.workbench.saving;
    const queueOf = ({ image, state }: AlongImage): Queue =>
      saver.entry(image.id)?.queue?.value ?? state.queue;
    return (await this.rows()).find((row) => queueOf(row) === trip?.queue) ?? null;
  }

  private opened({ image, state, picture, suggested }: AlongImage): Opened {
    const url = this.pictures.get(image.id) ?? URL.createObjectURL(picture);
    this.pictures.set(image.id, url);
    const now = { ...image, queue: state.queue, revision: state.revision };
    return { image: now, state, holder: null, picture: url, suggested };
  }

  private async decodeNext(): Promise<void> {
    const next = forward(this.history.visits.peek());
    const row = next === null ? null : (await this.rows()).find(({ image }) => image.id === next);
    if (!row) return;
    const picture = new Image();
    picture.src = this.opened(row).picture ?? "";
    await picture.decode().catch(() => undefined);
  }
}

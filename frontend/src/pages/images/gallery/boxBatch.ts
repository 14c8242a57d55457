/** What many tiles want, asked for together once nobody has wanted more for a moment. Knows no page and no server. */

export interface Wanted {
  readonly project: number;
  readonly image: number;
}

interface Waiting<T> extends Wanted {
  readonly done: (found: T) => void;
}

/** Fetches for images of one project; may answer only the first of them. */
export type FetchBatch<T> = (project: number, images: readonly number[]) => Promise<ReadonlyMap<number, T>>;

export class BoxBatch<T> {
  private readonly waiting = new Set<Waiting<T>>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;

  constructor(
    private readonly fetchBatch: FetchBatch<T>,
    private readonly atRest: number,
    private readonly most: number,
  ) {}

  /** `done` is called unless the answer's function was called first, or the server can't say. */
  want(wanted: Wanted, done: (found: T) => void): () => void {
    const one = { ...wanted, done };
    this.waiting.add(one);
    this.askSoon();
    return () => this.waiting.delete(one);
  }

  private askSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), this.atRest);
  }

  private async ask(): Promise<void> {
    const [first] = this.waiting;
    if (!first || this.isAsking) return;
    this.isAsking = true;
    const asked = [...this.waiting].filter(({ project }) => project === first.project).slice(0, this.most);
    try {
      const found = await this.fetchBatch(
        first.project,
        asked.map(({ image }) => image),
      );
      this.tell(asked, found);
    } catch {
      // these tiles stand without their boxes; the next visit asks again
      for (const one of asked) this.waiting.delete(one);
    } finally {
      this.isAsking = false;
      if (this.waiting.size > 0) this.askSoon();
    }
  }

  /** What the server left out waits on, unless it left out all. */
  private tell(asked: readonly Waiting<T>[], found: ReadonlyMap<number, T>): void {
    for (const one of asked) {
      const mine = found.get(one.image);
      if (mine === undefined && found.size > 0) continue;
      if (this.waiting.delete(one) && mine !== undefined) one.done(mine);
    }
  }
}

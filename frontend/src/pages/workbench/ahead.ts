/** The image behind the open one: claimed, and its picture decoded, while one works on that. */
import type { Later } from "../../annotator/saving/later";
import type { Opened } from "./fetching";

export interface AheadRequests {
  /** Claims or renews, and says how the image stands. */
  open(image: number): Promise<Opened>;
  /** In a request that outlives the page. */
  release(image: number): void;
  /** Has the picture ready for as long as the answer is kept. */
  load(image: number): unknown;
  /** Nobody looks at the page. */
  isHidden(): boolean;
}

type Claim = () => Promise<Opened | null>;

interface Held {
  readonly after: number;
  readonly claim: Claim;
  opened: Promise<Opened | null>;
  /** Once it is there. */
  found: Opened | null;
  picture: unknown;
  /** Until when the claim lasts. */
  until: number;
}

/** Not more often than this, whatever the clocks of server and browser say. */
const SHORTEST_MS = 20_000;
const AFTER_FAILURE_MS = 2_000;

export class Ahead {
  private held: Held | null = null;
  private stopTimer: () => void = () => {};

  constructor(
    private readonly requests: AheadRequests,
    private readonly later: Later,
    private readonly now: () => number,
  ) {}

  /** Has the image ready that `claim` answers, as the one behind `after`. */
  async prepare(after: number, claim: Claim): Promise<void> {
    if (this.held?.after === after) return;
    this.drop();
    const until = Number.POSITIVE_INFINITY;
    this.held = { after, claim, opened: claim(), found: null, picture: null, until };
    await this.receive(this.held);
  }

  /** What is ready may have changed. */
  refresh(): void {
    const { held } = this;
    if (held?.found) void this.renew(held, held.found.image.id);
  }

  /** The image behind `after`; null where none is ready, or not as it stands by now. */
  async take(after: number | null): Promise<Opened | null> {
    const { held } = this;
    this.stopTimer();
    if (!held) return null;
    if (held.after !== after || this.now() > held.until) {
      this.drop();
      return null;
    }
    const opened = await held.opened.catch(() => null);
    if (this.held !== held) return null;
    this.forget();
    return opened;
  }

  /** Somebody changed an image: what was fetched of it holds no longer. Its claim stays for who asks next. */
  changed(image: number, revision: number): void {
    const found = this.held?.found;
    if (found?.image.id === image && revision > found.state.revision) this.forget();
  }

  /** An image is somebody's, or nobody's: no longer ours. */
  lost(image: number): void {
    if (this.held?.found?.image.id === image) this.forget();
  }

  /** Gives it back, also if it is only on its way. */
  drop(): void {
    const opened = this.held?.opened;
    this.forget();
    opened?.then(
      (found) => found && !found.holder && this.requests.release(found.image.id),
      () => undefined,
    );
  }

  private async receive(held: Held): Promise<void> {
    const found = await held.opened.catch(() => "failed" as const);
    if (this.held !== held) return;
    if (found === "failed") return this.tryAgain(held);
    if (!found || found.holder) return this.forget();
    held.found = found;
    const { id, claim_expires_at } = found.image;
    held.picture ??= this.requests.load(id);
    const left = claim_expires_at ? Date.parse(claim_expires_at) - this.now() : 0;
    held.until = this.now() + Math.max(SHORTEST_MS, left);
    this.stopTimer = this.later(Math.max(SHORTEST_MS, left) / 2, () => void this.renew(held, id));
  }

  private tryAgain({ after, claim }: Held): void {
    this.forget();
    if (this.requests.isHidden()) return;
    this.stopTimer = this.later(AFTER_FAILURE_MS, () => void this.prepare(after, claim));
  }

  private async renew(held: Held, image: number): Promise<void> {
    if (this.requests.isHidden()) return this.forget();
    held.opened = this.requests.open(image);
    await this.receive(held);
  }

  private forget(): void {
    this.stopTimer();
    this.held = null;
  }
}

/** Keeps one's claim on the image that is open, and gives it back when the page goes. */
import type { Later } from "../../annotator/saving/later";
import type { Person } from "../../api/types";
import type { Claim } from "./fetching";

export interface ClaimRequests {
  /** Claims or renews. */
  claim(image: number): Promise<Claim>;
  /** In a request that outlives the page. */
  release(image: number): void;
}

/** Not more often than this, whatever the clocks of server and browser say. */
const SHORTEST_MS = 20_000;
const AFTER_FAILURE_MS = 40_000;
/** A hidden page lets its claim lapse after this time. */
const HIDDEN_MS = 10 * 60_000;

export class ClaimKeeper {
  private image: number | null = null;
  private stopTimer: () => void = () => {};
  /** When the next renewal is due; null while none is to come. */
  private due: number | null = null;
  private hiddenSince: number | null = null;
  /** The renewal that is on its way; null: none, or none whose answer still counts. */
  private asked: symbol | null = null;

  constructor(
    private readonly requests: ClaimRequests,
    private readonly later: Later,
    private readonly now: () => number,
    private readonly onHolder: (holder: Person | null) => void,
  ) {}

  /** `expires` as the server said it, in ISO 8601; null: the image is not ours. */
  open(image: number, expires: string | null): void {
    this.close();
    this.image = image;
    if (expires) this.renewIn(this.half(expires));
  }

  close(): void {
    this.stop();
    this.image = null;
  }

  hide(): void {
    this.hiddenSince ??= this.now();
  }

  /** Seen again: what lapsed or is overdue is claimed anew. */
  show(): void {
    const wasHidden = this.hiddenSince !== null;
    this.hiddenSince = null;
    if (wasHidden && (this.due === null || this.due <= this.now())) void this.renew();
  }

  /** The page goes, perhaps to come back from the browser's cache. */
  leave(): void {
    const isOurs = this.due !== null || this.asked !== null;
    if (this.image !== null && isOurs) this.requests.release(this.image);
    this.asked = null;
    this.stop();
    this.hide();
  }

  /** Somebody gave the open image back: another page of ours, or the colleague who had it. */
  freed(): void {
    if (this.image !== null) this.renewIn(SHORTEST_MS);
  }

  private half(expires: string): number {
    return Math.max(SHORTEST_MS, (Date.parse(expires) - this.now()) / 2);
  }

  private stop(): void {
    this.stopTimer();
    this.due = null;
  }

  private renewIn(milliseconds: number): void {
    this.stopTimer();
    this.due = this.now() + milliseconds;
    this.stopTimer = this.later(milliseconds, () => void this.renew());
  }

  private async renew(): Promise<void> {
    const { image } = this;
    this.stop();
    if (image === null || this.isHiddenForLong()) return;
    const asked = Symbol();
    this.asked = asked;
    const claim = await this.requests.claim(image).catch(() => null);
    if (this.asked !== asked) return;
    this.asked = null;
    if (this.image !== image) return;
    if (!claim) return this.renewIn(AFTER_FAILURE_MS);
    this.onHolder(claim.holder);
    if (claim.expires) this.renewIn(this.half(claim.expires));
  }

  private isHiddenForLong(): boolean {
    return this.hiddenSince !== null && this.now() - this.hiddenSince >= HIDDEN_MS;
  }
}

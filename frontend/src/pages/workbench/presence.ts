/** Who else looks at the image that is open, and the boxes in their hands. Nothing is sent while nobody else looks. */

import type { LabelId } from "../../annotator/core/annotation";
import { type Editor, selectedAnnotation } from "../../annotator/core/editor";
import { type Box, rounded } from "../../annotator/core/geometry";
import { inHand } from "../../annotator/core/gesture";
import type { Later } from "../../annotator/saving/later";
import type { EventKinds, Person } from "../../api/types";

/** A box that is being drawn or moved: nothing has saved it. */
export interface Drawn extends Box {
  readonly label: LabelId;
}

export interface Other {
  readonly person: Person;
  readonly drawn: Drawn | null;
  /** When this page heard of them last, and of the box in their hand. */
  readonly heard: number;
}

export interface PresenceRequests {
  say(image: number, drawn: Drawn | null): Promise<unknown>;
  /** In a request that outlives the page. */
  leave(image: number): void;
}

const PACE_MS = 250;
const TICK_MS = 1000;
const SAY_AGAIN_MS = 20_000;
const GONE_MS = 45_000;
/** A box that is held still is told of again; one that is not told of is gone. */
const HELD_MS = 2000;
const DRAWN_MS = 5000;

export class Presence {
  private image: number | null = null;
  private holder: Person | null = null;
  private others: readonly Other[] = [];
  private hand: Drawn | null = null;
  private isHidden = false;
  private saidAt = Number.NEGATIVE_INFINITY;
  /** Others were told that this page is here. */
  private isKnown = false;
  /** Something is new since it was said last. */
  private isDue = false;
  private stopSaying: (() => void) | null = null;
  private stopTicking: (() => void) | null = null;

  constructor(
    private readonly me: number,
    private readonly requests: PresenceRequests,
    private readonly later: Later,
    private readonly now: () => number,
    private readonly onOthers: (others: readonly Other[]) => void,
  ) {}

  /** `holder`: the colleague who holds the image; null: it is ours, or nobody's. */
  open(image: number | null, holder: Person | null): void {
    const before = this.holder?.id;
    if (image !== this.image) {
      this.leave();
      this.image = image;
      this.hand = null;
      this.show([]);
    }
    this.holder = holder;
    if (holder && (holder.id !== before || !this.isKnown)) this.saySoon();
    this.tickOn();
  }

  heard({ id, person, is_here, drawn }: EventKinds["presence"]): void {
    if (id !== this.image || person.id === this.me) return;
    const isThem = (one: Other): boolean => one.person.id === person.id;
    const isNew = !this.others.some(isThem);
    const other = { person, drawn, heard: this.now() };
    const known = is_here
      ? this.others.map((one) => (isThem(one) ? other : one))
      : this.others.filter((one) => !isThem(one));
    this.show(is_here && isNew ? [...known, other] : known);
    // Whoever came last knows nobody yet.
    if (is_here && isNew && this.joins && person.id !== this.holder?.id) this.saySoon();
    this.tickOn();
  }

  /** The box in hand; null: it was let go without a change. */
  draws(hand: Drawn | null): void {
    if (hand === this.hand) return;
    this.hand = hand;
    this.saySoon();
  }

  /** What was in hand is being saved: it stays on the others' pictures until its save arrives there. */
  drew(): void {
    this.hand = null;
    this.isDue = false;
  }

  /** A new revision of the image is shown: what was drawn is in it. */
  landed(): void {
    if (this.others.some(({ drawn }) => drawn))
      this.show(this.others.map((one) => ({ ...one, drawn: null })));
  }

  hide(): void {
    this.isHidden = true;
    this.leave();
  }

  seen(): void {
    this.isHidden = false;
    if (this.joins) this.saySoon();
    this.tickOn();
  }

  /** The page goes, or the image. */
  leave(): void {
    if (this.image !== null && this.isKnown) this.requests.leave(this.image);
    this.isKnown = false;
    this.isDue = false;
    this.stopTicking?.();
    this.stopTicking = null;
  }

  /** A colleague was here first, and should know of us. */
  private get joins(): boolean {
    return this.image !== null && this.holder !== null && !this.isHidden;
  }

  private get isWatched(): boolean {
    return !this.isHidden && (this.joins || this.others.length > 0);
  }

  private show(others: readonly Other[]): void {
    if (others.length === 0 && this.others.length === 0) return;
    this.others = others;
    this.onOthers(others);
  }

  private saySoon(): void {
    if (!this.isWatched) return;
    this.isDue = true;
    this.stopSaying ??= this.later(Math.max(0, this.saidAt + PACE_MS - this.now()), () => void this.say());
  }

  private async say(): Promise<void> {
    const { image } = this;
    if (this.isDue && this.isWatched && image !== null) {
      this.isDue = false;
      this.isKnown = true;
      this.saidAt = this.now();
      await this.requests.say(image, this.hand).catch(() => undefined);
    }
    this.stopSaying = null;
    if (this.isDue) this.saySoon();
  }

  private tickOn(): void {
    if (this.isWatched) this.stopTicking ??= this.later(TICK_MS, () => this.tick());
  }

  private tick(): void {
    this.stopTicking = null;
    const now = this.now();
    const lapsed = ({ drawn, heard }: Other): boolean => drawn !== null && now - heard >= DRAWN_MS;
    const here = this.others.filter(({ heard }) => now - heard < GONE_MS);
    if (here.length < this.others.length || here.some(lapsed))
      this.show(here.map((one) => (lapsed(one) ? { ...one, drawn: null } : one)));
    const silent = now - this.saidAt;
    if ((this.joins && silent >= SAY_AGAIN_MS) || (this.hand && silent >= HELD_MS)) this.saySoon();
    this.tickOn();
  }
}

/** What others may see of the hand. */
export function drawnIn(editor: Editor): Drawn | null {
  const held = editor.editable ? inHand(editor.gesture) : null;
  const label = held?.id === null ? editor.label : (selectedAnnotation(editor)?.label ?? null);
  return held && label !== null ? { label, ...rounded(held.box) } : null;
}

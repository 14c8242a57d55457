/** The images around the one that is open: the filmstrip's frames. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { EventKinds, Image, Queue } from "../../api/types";
import { userId } from "../../app/session";
import { type Frame, framesOf, type Neighbours, NO_NEIGHBOURS } from "./filmstripFrames";
import type { Visits } from "./visits";

export class Surroundings {
  readonly frames: ReadonlySignal<readonly Frame[]>;
  private readonly neighbours = signal<Neighbours>(NO_NEIGHBOURS);
  private readonly known = signal<ReadonlyMap<number, Image>>(new Map());

  constructor(visits: ReadonlySignal<Visits>) {
    this.frames = computed(() =>
      framesOf(visits.value, this.neighbours.value, this.known.value, {
        me: userId.value ?? 0,
        now: Date.now(),
      }),
    );
  }

  clear(): void {
    this.neighbours.value = NO_NEIGHBOURS;
  }

  meet(images: readonly Image[]): void {
    this.known.value = new Map([...this.known.peek(), ...images.map((one) => [one.id, one] as const)]);
  }

  /** Notes an image's newest queue and whether it has annotations, whoever changed it. */
  changed(id: number, queue: Queue, annotation_count: number): void {
    const image = this.known.peek().get(id);
    const isSame = image?.queue === queue && image.annotation_count > 0 === annotation_count > 0;
    if (image && !isSame) this.meet([{ ...image, queue, annotation_count }]);
  }

  forget(ids: readonly number[]): void {
    const isThere = ({ id }: Image): boolean => !ids.includes(id);
    const { before, after } = this.neighbours.peek();
    this.neighbours.value = { before: before.filter(isThere), after: after.filter(isThere) };
  }

  claimed({ id, claimed_by, claim_expires_at }: EventKinds["claim"]): void {
    const image = this.known.peek().get(id);
    if (image) this.meet([{ ...image, claimed_by, claim_expires_at }]);
  }

  show(neighbours: Neighbours): void {
    this.neighbours.value = neighbours;
    const { before, after } = neighbours;
    this.meet([...before, ...after].filter(({ id }) => !this.known.peek().has(id)));
  }
}

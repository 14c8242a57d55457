/** From image to image: opening, next, previous, and letting go of what one leaves. */
import { ApiError } from "../../api/errors";
import { navigate } from "../../app/router";
import { toast, toastError } from "../../ui/toast";
import { type Opened, releaseImage } from "./fetching";
import { back, forget, forward, here } from "./visits";
import { WalkRoute } from "./walkRoute";
import type { Walk } from "./walks";
import type { WorkbenchState } from "./workbenchState";

/** After the first picture; whoever presses undo before does not wait for it. */
const RECALL_MS = 1_000;

export class Navigation {
  readonly route: WalkRoute;
  /** A step is on its way: another one waits for its end. */
  isMoving = false;
  private turn = 0;
  /** The address that is open or being opened. */
  private place = "";

  constructor(
    private readonly workbench: WorkbenchState,
    walk: () => Walk,
  ) {
    this.route = new WalkRoute(workbench, walk);
  }

  /** Opens what the address asks for; without an image, the next of the queue or the first of the list. */
  async open(id: number | null): Promise<void> {
    if (this.place === this.route.address(id)) return;
    this.place = this.route.address(id);
    this.route.follow();
    this.turn += 1;
    const turn = this.turn;
    this.workbench.phase.value = "loading";
    try {
      await this.workbench.saving.ready;
      const found = await (id === null ? this.route.sequence.first() : this.route.sequence.open(id));
      if (turn !== this.turn) return this.giveUp(found);
      if (!found) return this.finished();
      this.release(found.image.id);
      this.arrived(found);
      if (id === null) navigate(this.route.address(found.image.id), { replace: true });
    } catch (error) {
      if (turn === this.turn) this.failed(id, error);
    }
  }

  /** Opens the same place once more, after an error or at the end of a queue. */
  again = (id: number | null): Promise<void> => {
    this.place = "";
    return this.open(id);
  };

  next = (): Promise<void> =>
    this.oneStep(async () => {
      const { history, sequence, here } = this.route;
      const known = forward(history.visits.peek());
      if (known !== null) return this.go(known);
      const { turn } = this;
      const step = await sequence.after(here);
      if (turn !== this.turn) return this.giveUp(step?.opened);
      afterPaint(() => this.workbench.saving.saver.hurry());
      if (!step) return this.finished();
      if (step.opened) this.arrived(step.opened);
      this.go(step.id);
    });

  previous = (): Promise<void> =>
    this.oneStep(async () => {
      const { history, sequence, here } = this.route;
      // At the end of a queue, the image before is the one that was open last.
      const isAtEnd = this.workbench.phase.peek() === "empty";
      const known = isAtEnd ? here : back(history.visits.peek());
      if (known !== null) return this.go(known);
      const step = await sequence.before(here);
      if (step) this.go(step.id);
      else toast(sequence.startText);
    });

  /** One step at a time: keys repeat. */
  private async oneStep(step: () => Promise<void>): Promise<void> {
    if (this.isMoving) return;
    this.isMoving = true;
    try {
      await step();
    } catch (error) {
      toastError(error);
    } finally {
      this.isMoving = false;
    }
  }

  go(id: number): void {
    navigate(this.route.address(id));
  }

  leave(): void {
    this.turn += 1;
    this.place = "";
    this.release();
    this.route.leave();
  }

  private arrived(found: Opened): void {
    const { image } = found;
    this.turn += 1;
    this.route.arrive(image);
    this.place = this.route.address(image.id);
    this.workbench.show(found);
    afterPaint(() => {
      void this.route.lookAround(image.id);
      setTimeout(this.workbench.recall, RECALL_MS);
    });
  }

  private finished(): void {
    this.release();
    this.workbench.close("empty");
    this.place = this.route.address(null);
    navigate(this.place, { replace: true });
  }

  private failed(id: number | null, error: unknown): void {
    const isGone = id !== null && error instanceof ApiError && error.status === 404;
    if (isGone) this.route.history.change((visits) => forget(visits, id));
    this.release();
    this.workbench.fail(error);
  }

  /** What was claimed comes too late: one is elsewhere by now. */
  private giveUp(found: Opened | null | undefined): void {
    const { image, editable } = this.workbench;
    if (!found || found.image.id === image.peek()?.id) return;
    const { id } = found.image;
    if (this.place === this.route.address(id)) return;
    this.route.history.change((visits) => (here(visits) === id ? forget(visits, id) : visits));
    if (editable && !found.holder) releaseImage(id);
  }

  private release(next: number | null = null): void {
    const { image, editable, holder } = this.workbench;
    const left = image.peek();
    if (left && left.id !== next && editable && !holder.peek()) releaseImage(left.id);
  }
}

/** Once the next frame is on the screen: what is only to come keeps nobody from seeing the picture. */
function afterPaint(run: () => void): void {
  requestAnimationFrame(() => setTimeout(run));
}

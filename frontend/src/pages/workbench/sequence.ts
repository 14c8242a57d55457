/** The images that Next and Previous walk through, in order: a queue's or those of a gallery list. */
import type { Opened } from "./fetching";
import type { Neighbours } from "./filmstripFrames";

/** Where a step leads. `opened` is the image if the step has claimed it; null if it is still to be opened. */
export interface Destination {
  readonly id: number;
  readonly opened: Opened | null;
}

export interface Sequence {
  /** The sentence for who is at the first image and wants to go back. */
  readonly startText: string;
  first(): Promise<Opened | null>;
  open(id: number): Promise<Opened>;
  /** The first image beyond those visited, at once where it was made ready. */
  after(here: number | null): Promise<Destination | null>;
  before(here: number | null): Promise<Destination | null>;
  /** Notes the visit of an image. */
  arrive(id: number): void;
  /** Has the image behind the last one visited ready. */
  prepare(): Promise<void>;
  /** The images beside those visited. */
  neighbours(here: number): Promise<Neighbours>;
  /** Gives back what one is through with. */
  release(): void;
  /** The page is left. */
  leave(): void;
}

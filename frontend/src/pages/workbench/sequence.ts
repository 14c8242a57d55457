/** The images that Next and Previous walk through, in order: a queue's or those of a gallery list. */
import type { Opened } from "./fetching";
import type { Neighbours } from "./filmstripFrames";

/** `opened` where the step has claimed the image and brought it along; else it is still to be opened. */
export interface Destination {
  readonly id: number;
  readonly opened: Opened | null;
}

export interface Sequence {
  /** Said where nothing comes before. */
  readonly startText: string;
  first(): Promise<Opened | null>;
  /** The first image beyond those visited. */
  after(here: number | null): Promise<Destination | null>;
  before(here: number | null): Promise<Destination | null>;
  /** Notes the visit of an image. */
  arrive(id: number): void;
  /** What lies beside the visits. */
  neighbours(here: number): Promise<Neighbours>;
  /** The page is left. */
  leave(): void;
}

/** What the page and the worker that runs the model say to each other. */

/** `box`: x_min, y_min, x_max, y_max as shares of the picture; only of a detector. */
export interface Found {
  readonly label: string;
  readonly score: number;
  readonly box?: readonly [number, number, number, number];
}

/** What TensorFlow.js computes with: on the processor, or on the graphics processor. */
export type Backend = "wasm" | "webgl";

export type Asked =
  | { readonly ask: "load"; readonly folder: string; readonly backend: Backend }
  | { readonly ask: "find"; readonly id: number; readonly picture: ImageBitmap };

export type Answered =
  | {
      readonly is: "ready";
      readonly labels: readonly string[];
      readonly shownScore: number;
      readonly leastScore: number;
    }
  | { readonly is: "found"; readonly id: number; readonly found: Found[]; readonly milliseconds: number }
  | { readonly is: "failed"; readonly id: number | null; readonly reason: string };

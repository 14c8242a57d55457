/** Runs a published TF.js artifact with the artifact's own code (`detector.js`), away from the page's thread. */
import type { Answered, Asked, Found } from "./protocol";

interface Model {
  readonly contract: {
    readonly labels: readonly string[];
    readonly shown_score: number;
    readonly score_threshold: number;
  };
}

interface Detector {
  load(): Promise<Model>;
  find(model: Model, picture: ImageBitmap, leastScore: number): Promise<Found[]>;
}

interface Scope {
  document?: { createElement(): OffscreenCanvas };
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  importScripts(...addresses: string[]): void;
  postMessage(answer: Answered): void;
}

const RUNTIME = ["core", "converter", "backend-wasm"].map((part) => `tfjs/tf-${part}.es2017.min.js`);
const scope = globalThis as unknown as Scope;
let detector: Detector | null = null;
let model: Model | null = null;

async function load(folder: string): Promise<void> {
  scope.importScripts(...RUNTIME.map((name) => folder + name));
  detector = (await import(/* @vite-ignore */ `${folder}detector.js`)) as Detector;
  // All that the artifact's code wants of a page is a canvas to scale pictures on.
  scope.document = { createElement: () => new OffscreenCanvas(1, 1) };
  model = await detector.load();
  const { labels, shown_score, score_threshold } = model.contract;
  scope.postMessage({ is: "ready", labels, shownScore: shown_score, leastScore: score_threshold });
}

async function find(id: number, picture: ImageBitmap): Promise<void> {
  if (!detector || !model) throw new Error("The model is not loaded.");
  const began = performance.now();
  const found = await detector.find(model, picture, 0);
  scope.postMessage({ is: "found", id, found, milliseconds: performance.now() - began });
  picture.close();
}

scope.onmessage = ({ data }) => {
  const done = data.ask === "load" ? load(data.folder) : find(data.id, data.picture);
  done.catch((error: Error) => {
    scope.postMessage({ is: "failed", id: data.ask === "find" ? data.id : null, reason: error.message });
  });
};

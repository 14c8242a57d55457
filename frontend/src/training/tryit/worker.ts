/** Runs a published TF.js artifact with the artifact's own code (`detector.js`), away from the page's thread. */
import type { Answered, Asked, Backend, Found } from "./protocol";

interface Model {
  readonly backend: Backend;
  readonly contract: {
    readonly labels: readonly string[];
    readonly shown_score: number;
    readonly score_threshold: number;
  };
}

interface Detector {
  load(): Promise<Model>;
  on(backend: Backend, model: Model): Promise<Model>;
  faster(model: Model, other: Model, picture: ImageBitmap): Promise<Model>;
  find(model: Model, picture: ImageBitmap, leastScore: number): Promise<Found[]>;
}

interface Scope {
  document?: { createElement(): OffscreenCanvas };
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  importScripts(...addresses: string[]): void;
  postMessage(answer: Answered): void;
}

const script = (part: string) => `tfjs/tf-${part}.es2017.min.js`;
const RUNTIME = ["core", "converter", "backend-wasm"].map(script);
const SAMPLE = "sample.png";
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const scope = globalThis as unknown as Scope;
let detector: Detector | null = null;
let model: Model | null = null;

async function load(folder: string, backend: Backend): Promise<void> {
  if (backend === "webgl" && !hasGraphics()) throw new Error("There is no graphics processor.");
  scope.importScripts(...RUNTIME.map((name) => folder + name));
  detector = (await import(/* @vite-ignore */ `${folder}detector.js`)) as Detector;
  // All that the artifact's code wants of a page is a canvas to scale pictures on.
  scope.document = { createElement: () => new OffscreenCanvas(1, 1) };
  model = await detector.load();
  if (backend === "webgl") model = await onGraphics(detector, model, folder);
  const { labels, shown_score, score_threshold } = model.contract;
  scope.postMessage({ is: "ready", labels, shownScore: shown_score, leastScore: score_threshold });
}

/** Fails unless the artifact's own picture shows it faster there, with the same boxes. */
async function onGraphics(code: Detector, slow: Model, folder: string): Promise<Model> {
  scope.importScripts(folder + script("backend-webgl"));
  const sample = await (await fetch(folder + SAMPLE)).arrayBuffer(); // sent as bytes that are of no kind
  const picture = await createImageBitmap(new Blob([sample], { type: "image/png" }));
  const best = await code.faster(slow, await code.on("webgl", slow), picture);
  if (best === slow) throw new Error("The graphics processor is no faster, or answers differently.");
  return best;
}

/** Where WebGL is a program on the CPU, it takes seconds for a picture. */
function hasGraphics(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  const names = gl?.getExtension("WEBGL_debug_renderer_info");
  return Boolean(gl && names && !SOFTWARE.test(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)));
}

async function find(id: number, picture: ImageBitmap): Promise<void> {
  if (!detector || !model) throw new Error("The model is not loaded.");
  const began = performance.now();
  const found = await detector.find(model, picture, 0);
  scope.postMessage({ is: "found", id, found, milliseconds: performance.now() - began });
  picture.close();
}

scope.onmessage = ({ data }) => {
  const done = data.ask === "load" ? load(data.folder, data.backend) : find(data.id, data.picture);
  done.catch((error: Error) => {
    scope.postMessage({ is: "failed", id: data.ask === "find" ? data.id : null, reason: error.message });
  });
};

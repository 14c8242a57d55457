/** A published artifact that runs in a worker of this page. */
import type { Answered, Asked, Backend, Found } from "./protocol";

export interface Seen {
  readonly found: readonly Found[];
  readonly milliseconds: number;
}

export interface Ready {
  readonly labels: readonly string[];
  readonly shownScore: number;
  readonly leastScore: number;
}

interface Waiting {
  resolve(seen: Seen): void;
  reject(error: Error): void;
}

/** On wasm from the start; on WebGL once a second worker has seen that it gives the same boxes sooner. */
export class Model {
  /** Fails where the browser can't run it, or its files can't be read. */
  readonly ready: Promise<Ready>;
  private asked: Runner;
  private other: Runner | null = null;
  private isClosed = false;

  /** `folder`: the address of the artifact's files. `onBackend` is told each time that another one takes over. */
  constructor(folder: string, onBackend: (backend: Backend) => void = () => {}) {
    const address = new URL(folder, location.href).href;
    this.asked = new Runner(address, "wasm");
    this.ready = this.asked.ready;
    this.ready.then(
      () => this.tryGraphics(address, onBackend),
      () => {},
    );
  }

  /** What it finds in the picture, which is given away. */
  find(picture: ImageBitmap): Promise<Seen> {
    return this.asked.find(picture);
  }

  close(): void {
    this.asked.close();
    this.other?.close();
    this.isClosed = true;
  }

  private tryGraphics(address: string, onBackend: (backend: Backend) => void): void {
    if (this.isClosed) return;
    const graphics = new Runner(address, "webgl");
    this.other = graphics;
    graphics.ready.then(
      () => {
        [this.asked, this.other] = [graphics, this.asked];
        this.other.closeWhenDone();
        onBackend("webgl");
      },
      () => graphics.close(),
    );
  }
}

/** One worker with the model on one backend. */
class Runner {
  readonly ready: Promise<Ready>;
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "model" });
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private isLeaving = false;

  constructor(folder: string, backend: Backend) {
    this.ready = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<Answered>) => this.hear(data, resolve, reject);
      this.worker.onerror = (event) =>
        reject(new Error(event.message || "The model's worker did not start."));
    });
    this.worker.postMessage({ ask: "load", folder, backend } satisfies Asked);
  }

  find(picture: ImageBitmap): Promise<Seen> {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ask: "find", id, picture } satisfies Asked, [picture]);
    });
  }

  close(): void {
    this.worker.terminate();
  }

  /** Once it has answered what it was asked. */
  closeWhenDone(): void {
    this.isLeaving = true;
    if (!this.waiting.size) this.close();
  }

  private hear(answer: Answered, ready: (one: Ready) => void, failed: (error: Error) => void): void {
    switch (answer.is) {
      case "ready":
        ready(answer);
        break;
      case "found":
        this.asker(answer.id)?.resolve(answer);
        break;
      case "failed":
        (answer.id === null ? failed : this.asker(answer.id)?.reject)?.(new Error(answer.reason));
    }
  }

  private asker(id: number): Waiting | undefined {
    const asker = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.isLeaving && !this.waiting.size) this.close();
    return asker;
  }
}

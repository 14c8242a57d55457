/** A published artifact that runs in a worker of this page. */
import type { Answered, Asked, Found } from "./protocol";

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

export class Model {
  /** Fails where the browser can't run it, or its files can't be read. */
  readonly ready: Promise<Ready>;
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "model" });
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  /** `folder`: the address of the artifact's files. */
  constructor(folder: string) {
    this.ready = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<Answered>) => this.hear(data, resolve, reject);
      this.worker.onerror = (event) =>
        reject(new Error(event.message || "The model's worker did not start."));
    });
    this.tell({ ask: "load", folder: new URL(folder, location.href).href });
  }

  /** What it finds in the picture, which is given away. */
  find(picture: ImageBitmap): Promise<Seen> {
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.tell({ ask: "find", id, picture }, [picture]);
    });
  }

  close(): void {
    this.worker.terminate();
  }

  private tell(asked: Asked, given: Transferable[] = []): void {
    this.worker.postMessage(asked, given);
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
    return asker;
  }
}

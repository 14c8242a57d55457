/**
 * What one did to images, so that it can be undone on a later visit: in memory at once, on this device a moment later.
 * What comes back from there may be another edition's, or a browser's half: it is looked at before it is used.
 */
import type { Annotation } from "../core/annotation";
import type { Change, History, HistoryStep } from "../core/document";
import type { UndoPlace } from "./undoPlace";

/** Of one person. The oldest images go first, and of one image the oldest steps. */
export const MOST = { images: 100, characters: 4_000_000, charactersAnImage: 250_000 };
const QUIET_MS = 500;

interface Row {
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** A History in JSON. */
  readonly text: string;
}

export class UndoStore {
  /** Oldest first. */
  private readonly rows = new Map<string, Row>();
  /** Not written yet. */
  private readonly fresh = new Map<string, History>();
  private isWaiting = false;

  private constructor(private readonly place: UndoPlace) {}

  /** With what earlier pages left. A device that can't be read has nothing. */
  static async open(place: UndoPlace): Promise<UndoStore> {
    const store = new UndoStore(place);
    const found = (await place.device?.entries(place.prefix).catch(() => [])) ?? [];
    const rows = found.filter((one): one is [string, Row] => isRow(one[1]));
    for (const [key, row] of rows.sort(([, a], [, b]) => a.at - b.at)) store.rows.set(key, row);
    store.evict();
    return store;
  }

  /** Null where nothing was done. */
  find(project: number, image: number): History | null {
    const key = this.key(project, image);
    return this.fresh.get(key) ?? historyIn(this.rows.get(key)?.text ?? "");
  }

  keep(project: number, image: number, { past, future }: History): void {
    this.fresh.set(this.key(project, image), { past, future });
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.place.later(QUIET_MS, () => this.flush());
  }

  /** Writes down now what was to be written soon: the page goes. */
  flush(): void {
    this.isWaiting = false;
    const isMarked = this.fresh.size > 0 && this.place.mark();
    for (const [key, history] of this.fresh) {
      const row = { at: this.place.now(), text: textOf(history) };
      this.rows.delete(key);
      this.rows.set(key, row);
      if (isMarked) this.place.device?.put(key, row).catch(() => undefined);
    }
    this.fresh.clear();
    this.evict();
  }

  private evict(): void {
    let left = [...this.rows.values()].reduce((sum, { text }) => sum + text.length, 0);
    for (const [key, { text }] of this.rows) {
      if (this.rows.size <= MOST.images && left <= MOST.characters) return;
      left -= text.length;
      this.rows.delete(key);
      this.place.device?.drop(key).catch(() => undefined);
    }
  }

  private key(project: number, image: number): string {
    return `${this.place.prefix}${project}:${image}`;
  }
}

const stores = new Map<string, Promise<UndoStore>>();

/** The one of this page and person. */
export function undoStoreAt(place: UndoPlace): Promise<UndoStore> {
  const store = stores.get(place.prefix) ?? openedAt(place);
  stores.set(place.prefix, store);
  return store;
}

async function openedAt(place: UndoPlace): Promise<UndoStore> {
  const store = await UndoStore.open(place);
  addEventListener("pagehide", () => store.flush());
  return store;
}

function textOf(history: History): string {
  const text = JSON.stringify(history);
  if (text.length <= MOST.charactersAnImage) return text;
  return textOf({ past: newerHalf(history.past), future: newerHalf(history.future) });
}

function newerHalf(steps: readonly HistoryStep[]): readonly HistoryStep[] {
  return steps.slice(Math.ceil(steps.length / 2));
}

function historyIn(text: string): History | null {
  try {
    const { past, future } = JSON.parse(text);
    return [past, future].every((steps) => areAll(steps, isStep)) ? { past, future } : null;
  } catch {
    return null;
  }
}

type Loose<T> = Partial<Record<keyof T, unknown>> | null;

function areAll(value: unknown, is: (one: never) => boolean): boolean {
  return Array.isArray(value) && value.every((one) => is(one as never));
}

function isRow(row: unknown): row is Row {
  const { at, text } = (row ?? {}) as Partial<Row>;
  return typeof at === "number" && typeof text === "string";
}

function isStep(step: Loose<HistoryStep>): boolean {
  return areAll(step?.changes, isChange) && areAll(step?.rejected, (id) => typeof id === "string");
}

function isChange(change: Loose<Change>): boolean {
  const sides = [change?.before, change?.after] as Loose<Annotation>[];
  return sides.every((one) => one === null || (isAnnotation(one) && one?.id === change?.id));
}

function isAnnotation(one: Loose<Annotation>): boolean {
  const { id, label, box, source, score, attributes = {} } = one ?? {};
  return (
    typeof id === "string" &&
    typeof label === "number" &&
    typeof source === "string" &&
    (score === null || typeof score === "number") &&
    typeof attributes === "object" &&
    (box === null || areAll(sidesOf(box), Number.isFinite))
  );
}

function sidesOf(box: unknown): unknown[] {
  const { x_min, y_min, x_max, y_max } = (box ?? {}) as Record<string, unknown>;
  return [x_min, y_min, x_max, y_max];
}

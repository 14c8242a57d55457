/** The history of the image on the screen: its revisions, page by page, and the one that is looked at. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { settled } from "../../../annotator/saving/savingSession";
import { api } from "../../../api/client";
import { OfflineError, sentence } from "../../../api/errors";
import type { AnnotationState, Image, Page, PastState, Revision } from "../../../api/types";
import { toast } from "../../../ui/toast";
import type { WorkbenchState } from "../workbenchState";
import { type Diff, diffOf } from "./marks";
import {
  deedsOf,
  type Entry,
  entriesOf,
  entryOf,
  NEW,
  type Rows,
  rowsAt,
  type Standing,
  standingOf,
} from "./revisions";
import { capital, clockOf } from "./words";

const A_PAGE = 50;
/** A long sitting fills pages with few lines: so many are read before one is asked to. */
const FIRST_LINES = 8;
const FIRST_PAGES = 5;
const SEND_MS = 10_000;
export const OFFLINE = "History needs the network.";

/** Revisions without a gap, oldest first, and what stood before them. */
interface Known {
  readonly start: Standing;
  readonly revisions: readonly Revision[];
  /** Where the older ones are. */
  readonly older: string | null;
}

/** A line of the list: an entry, or a single save of the one above. */
export interface Line {
  readonly entry: Entry;
  readonly isInner: boolean;
}

/** Which line: the one with this revision. */
interface Place {
  readonly number: number;
  readonly isInner: boolean;
}

export class ImageHistory {
  readonly known = signal<Known | null>(null);
  readonly fault = signal("");
  readonly isLoading = signal(false);
  /** What was being read when it failed. */
  retry = (): void => {};
  readonly isRestoring = signal(false);
  /** Entries whose saves are shown one by one, by their last number. */
  readonly unfolded = signal<ReadonlySet<number>>(new Set());
  private readonly at = signal<Place | null>(null);
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** What is looked at; null: how it is now. */
  readonly chosen: ReadonlySignal<Line | null>;
  readonly diff: ReadonlySignal<Diff | null>;
  /** What stood after it. */
  readonly rows: ReadonlySignal<Rows>;

  constructor(
    readonly workbench: WorkbenchState,
    readonly image: Image,
  ) {
    const entries = computed(() => {
      const known = this.known.value;
      return known ? entriesOf(deedsOf(known.start, known.revisions)) : [];
    });
    this.lines = computed(() => entries.value.flatMap((entry) => linesOf(entry, this.unfolded.value)));
    this.chosen = computed(() => lineAt(this.lines.value, this.at.value));
    this.rows = computed(() => {
      const [known, line] = [this.known.value, this.chosen.value];
      return known && line ? rowsAt(known.start, known.revisions, line.entry.number) : NEW.rows;
    });
    this.diff = computed(() => {
      const line = this.chosen.value;
      return line && diffOf(line.entry, this.rows.value);
    });
  }

  /** When a revision was made, if it has been read. */
  readonly timeOf = (number: number): string | null =>
    this.known.value?.revisions.find((one) => one.number === number)?.created_at ?? null;

  /** Whether nothing came after it. */
  isNow({ entry }: Line): boolean {
    return entry.number === this.newest.value;
  }

  /** The newest revision that has been read. */
  readonly newest = computed(() => this.known.value?.revisions.at(-1)?.number ?? 0);

  /** Reads what came since, or the newest page. */
  load = (): Promise<void> =>
    this.reading(async () => {
      const { results, next } = await this.page(`images/${this.image.id}/revisions/?limit=${A_PAGE}`);
      const known = this.known.peek();
      const newest = this.newest.peek();
      const meets = known !== null && (results[0]?.number ?? 1) <= newest + 1;
      if (meets) {
        const fresh = results.filter(({ number }) => number > newest);
        this.known.value = { ...known, revisions: [...known.revisions, ...fresh] };
        return;
      }
      this.known.value = { start: await this.before(results[0]), revisions: results, older: next };
      for (let pages = 1; pages < FIRST_PAGES && this.lines.peek().length < FIRST_LINES; pages += 1)
        await this.prepend();
    });

  readOlder = (): Promise<void> => this.reading(() => this.prepend());

  private async prepend(): Promise<void> {
    const known = this.known.peek();
    if (!known?.older) return;
    const { results, next } = await this.page(known.older);
    const start = await this.before(results[0]);
    this.known.value = { start, revisions: [...results, ...known.revisions], older: next };
  }

  private async page(path: string): Promise<Page<Revision>> {
    const { results, ...rest } = await api.get<Page<Revision>>(path, { retries: 1 });
    return { ...rest, results: results.reverse() };
  }

  private async before(oldest: Revision | undefined): Promise<Standing> {
    if (!oldest || oldest.number <= 1) return NEW;
    const path = `images/${this.image.id}/revisions/${oldest.number - 1}/`;
    return standingOf(await api.get<PastState>(path, { retries: 1 }));
  }

  private async reading(work: () => Promise<void>): Promise<void> {
    if (this.isLoading.peek()) return;
    this.isLoading.value = true;
    this.retry = () => void this.reading(work);
    try {
      await work();
      this.fault.value = "";
    } catch (error) {
      this.fault.value = reasonOf(error);
    } finally {
      this.isLoading.value = false;
    }
  }

  look(line: Line | null): void {
    this.at.value = line && { number: line.entry.number, isInner: line.isInner };
    this.workbench.looksBack.value = line !== null;
  }

  /** To the line below (older) or above; above the newest one is how it is now. */
  async walk(by: 1 | -1): Promise<void> {
    if (by > 0 && this.lines.peek().at(-1) === this.chosen.peek()) await this.readOlder();
    const lines = this.lines.peek();
    const line = this.chosen.peek();
    const now = line ? lines.indexOf(line) : -1;
    this.look(lines[Math.min(now + by, lines.length - 1)] ?? null);
  }

  unfold({ number }: Entry): void {
    const next = new Set(this.unfolded.peek());
    if (!next.delete(number)) next.add(number);
    this.unfolded.value = next;
  }

  /** Makes the state after this entry the current one, as a revision of its own. */
  async restore({ number, last }: Entry): Promise<void> {
    const { queue, created_at } = last.revision;
    await this.bringBack(number, (state) => {
      const stays = state.queue === queue ? "" : ` It stays in ${capital(state.queue)}.`;
      const text = `Restored how it was at ${clockOf(created_at, Date.now())}.${stays}`;
      const undo = (): void => void this.bringBack(state.revision - 1, () => toast("Taken back."));
      toast({ text, actions: [{ label: "Undo", run: undo }] });
    });
  }

  private async bringBack(number: number, say: (state: AnnotationState) => void): Promise<void> {
    const { workbench, image } = this;
    if (this.isRestoring.peek()) return;
    this.isRestoring.value = true;
    try {
      await sent(workbench, image.id);
      const was = workbench.revision.peek();
      const state = await api.post<AnnotationState>(`images/${image.id}/revisions/${number}/restore/`);
      this.look(null);
      workbench.takeOver(image.id, state);
      if (state.revision > was) say(state);
      else toast("It is as it was then: there is nothing to restore.");
    } catch (error) {
      toast({ text: reasonOf(error), bad: true });
    } finally {
      this.isRestoring.value = false;
    }
  }
}

/** Also where its entry has grown since, or was folded up. */
function lineAt(lines: readonly Line[], at: Place | null): Line | null {
  if (at === null) return null;
  const outer = lines.find((line) => !line.isInner && holds(line, at));
  const inner = at.isInner && lines.find((line) => line.isInner && holds(line, at));
  return inner || outer || null;
}

function holds({ entry }: Line, { number }: Place): boolean {
  return entry.first.revision.number <= number && number <= entry.number;
}

function linesOf(entry: Entry, unfolded: ReadonlySet<number>): Line[] {
  const line = { entry, isInner: false };
  if (entry.deeds.length === 1 || !unfolded.has(entry.number)) return [line];
  return [line, ...entry.deeds.map((deed) => ({ entry: entryOf([deed]), isInner: true })).reverse()];
}

function reasonOf(error: unknown): string {
  return error instanceof OfflineError ? OFFLINE : sentence(error);
}

/** What is pending goes first, so that it is a revision of its own. */
async function sent({ saving }: WorkbenchState, image: number): Promise<void> {
  const entry = saving.saver.entry(image);
  if (!entry) return;
  if (Object.keys(entry.conflicts).length > 0) throw new Error("Decide the conflict first.");
  saving.saver.hurry();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new Error("Your last changes are not saved yet: restore once they are.")),
      SEND_MS,
    );
  });
  await Promise.race([settled(saving, image), late]).finally(() => clearTimeout(timer));
}

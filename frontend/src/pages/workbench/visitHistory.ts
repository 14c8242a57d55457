/** The visits of the walk one is on. They survive a reload. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { NO_VISITS, type Visits } from "./visits";

export class VisitHistory {
  private readonly current = signal<Visits>(NO_VISITS);
  private key = "";

  get visits(): ReadonlySignal<Visits> {
    return this.current;
  }

  /** Takes up the visits of another walk. False: it is this one. */
  enter(key: string): boolean {
    if (key === this.key) return false;
    this.key = key;
    this.current.value = load(key);
    return true;
  }

  change(next: (visits: Visits) => Visits): void {
    this.current.value = next(this.current.peek());
    store(this.key, this.current.peek());
  }

  /** The next page that takes up this walk finds no visits. */
  drop(): void {
    store(this.key, NO_VISITS);
  }
}

const KEY = "boxwright:visits:";

function load(key: string): Visits {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY + key) ?? "null") as Visits | null) ?? NO_VISITS;
  } catch {
    return NO_VISITS; // storage is off: they last until a reload
  }
}

function store(key: string, visits: Visits): void {
  try {
    if (visits.ids.length === 0) sessionStorage.removeItem(KEY + key);
    else sessionStorage.setItem(KEY + key, JSON.stringify(visits));
  } catch {
    // storage is off: they last until a reload
  }
}

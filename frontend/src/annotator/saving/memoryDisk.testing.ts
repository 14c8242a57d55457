/** An IndexedDB for tests, as far as ours goes: transactions that hold as a whole, later, in the order asked for. */
import { vi } from "vitest";

interface Range {
  readonly lower: string;
  readonly upper: string;
}

interface Asked {
  result: unknown;
}

/** What a device has on its disk. `full` refuses to write, `forbidden` to open. */
export class MemoryDisk {
  rows: ReadonlyMap<string, unknown> = new Map();
  full = false;
  forbidden = false;
  opened = 0;
  private database: { onclose: (() => void) | null } | null = null;

  /** A disk of its own for this test, also for what an earlier one has opened. */
  static inserted(): MemoryDisk {
    const disk = new MemoryDisk();
    inserted?.eject();
    inserted = disk;
    vi.stubGlobal("indexedDB", disk);
    vi.stubGlobal("IDBKeyRange", { bound: (lower: string, upper: string): Range => ({ lower, upper }) });
    return disk;
  }

  get keys(): string[] {
    return [...this.rows.keys()].sort();
  }

  /** As a browser closes it, whose disk was cleared. */
  eject(): void {
    this.database?.onclose?.();
  }

  open(): unknown {
    const { forbidden } = this;
    const database = { onclose: null, createObjectStore: () => {}, transaction: () => this.transaction() };
    const events = { onupgradeneeded: () => {}, onsuccess: () => {}, onerror: () => {} };
    const request = { ...events, result: database, error: new DOMException("no", "SecurityError") };
    queueMicrotask(() => {
      if (forbidden) return request.onerror();
      this.opened += 1;
      this.database = database;
      request.onupgradeneeded();
      request.onsuccess();
    });
    return request;
  }

  private transaction(): unknown {
    const steps: ((rows: Map<string, unknown>) => void)[] = [];
    let failed = false;
    const ask = (answer: (rows: Map<string, unknown>) => unknown): Asked => {
      const asked: Asked = { result: undefined };
      steps.push((rows) => {
        asked.result = answer(rows);
      });
      return asked;
    };
    const store = {
      put: (value: unknown, key: string) => {
        failed ||= this.full;
        const written = structuredClone(value);
        return ask((rows) => rows.set(key, written));
      },
      delete: (key: string) => ask((rows) => rows.delete(key)),
      getAllKeys: (range: Range) => ask((rows) => within(range, rows).map(([key]) => key)),
      getAll: (range: Range) => ask((rows) => within(range, rows).map(([, value]) => structuredClone(value))),
    };
    const events = { oncomplete: () => {}, onabort: () => {} };
    const error = new DOMException("full", "QuotaExceededError");
    const transaction = { ...events, error, objectStore: () => store, commit: () => {} };
    queueMicrotask(() => {
      if (failed) return transaction.onabort();
      const rows = new Map(this.rows);
      for (const step of steps) step(rows);
      this.rows = rows;
      transaction.oncomplete();
    });
    return transaction;
  }
}

function within({ lower, upper }: Range, rows: ReadonlyMap<string, unknown>): [string, unknown][] {
  return [...rows].filter(([key]) => key >= lower && key <= upper).sort(([a], [b]) => (a < b ? -1 : 1));
}

let inserted: MemoryDisk | null = null;

/** A localStorage for tests: what a browser keeps, in a Map. `full` refuses to write. */
import type { KeyValue } from "./changeStorage";
import type { DeviceStore } from "./deviceStore";

export class MemoryStorage implements KeyValue {
  private readonly map = new Map<string, string>();
  full = false;

  get length(): number {
    return this.map.size;
  }

  key(index: number): string | null {
    return [...this.map.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.map.set(key, value);
  }

  removeItem(key: string): void {
    this.map.delete(key);
  }
}

/** An IndexedDB for tests: it answers later, in the order that it was asked in. */
export class MemoryDevice implements DeviceStore {
  private readonly map = new Map<string, unknown>();
  full = false;

  async put(key: string, value: unknown): Promise<void> {
    await Promise.resolve();
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.map.set(key, structuredClone(value));
  }

  async drop(...keys: string[]): Promise<void> {
    await Promise.resolve();
    for (const key of keys) this.map.delete(key);
  }

  async entries(prefix: string): Promise<[string, unknown][]> {
    await Promise.resolve();
    return [...this.map].filter(([key]) => key.startsWith(prefix));
  }
}

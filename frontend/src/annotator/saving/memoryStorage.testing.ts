/** A localStorage for tests: what a browser keeps, in a Map. `full` refuses to write. */
import type { KeyValue } from "./changeStorage";

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

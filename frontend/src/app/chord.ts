/** The first key of two that pick a label, until the second one or two seconds later. */
import { signal } from "@preact/signals";

const CHORD_MS = 2000;

export class Chord {
  private readonly pressed = signal<number | null>(null);
  private lapse: ReturnType<typeof setTimeout> | undefined;

  get value(): number | null {
    return this.pressed.value;
  }

  peek(): number | null {
    return this.pressed.peek();
  }

  /** null: another key was pressed. */
  press(chord: number | null): void {
    clearTimeout(this.lapse);
    this.pressed.value = chord;
    if (chord !== null) this.lapse = setTimeout(() => this.press(null), CHORD_MS);
  }
}

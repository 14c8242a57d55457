import { signal } from "@preact/signals";
import { sentence } from "../api/errors";
import { Icon } from "./icons";

export interface Toast {
  text: string;
  actions?: readonly { label: string; run: () => void }[];
  bad?: boolean;
}

const shown = signal<(Toast & { id: number })[]>([]);
let nextId = 1;

function dismiss(id: number): void {
  shown.value = shown.value.filter((toast) => toast.id !== id);
}

/** One line at the bottom; it leaves by itself unless something failed. */
export function toast(message: Toast | string): number {
  const id = nextId++;
  const entry = typeof message === "string" ? { text: message } : message;
  shown.value = [...shown.value.slice(-2), { ...entry, id }];
  if (!entry.bad) setTimeout(() => dismiss(id), entry.actions ? 8000 : 4000);
  return id;
}

/** A failure in one sentence. */
export function toastError(error: unknown): void {
  toast({ text: sentence(error), bad: true });
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((entry) => (
        <div class="toast" key={entry.id}>
          {entry.bad && <Icon name="warn" class="bad" />}
          <span>{entry.text}</span>
          {entry.actions?.map(({ label, run }) => (
            <button
              key={label}
              type="button"
              onClick={() => {
                dismiss(entry.id);
                run();
              }}
            >
              {label}
            </button>
          ))}
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => dismiss(entry.id)}>
            <Icon name="x" />
          </button>
        </div>
      ))}
    </div>
  );
}

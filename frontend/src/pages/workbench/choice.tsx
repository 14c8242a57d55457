import type { Signal } from "@preact/signals";

/** A choice of this person on this device. */
export function Choice({ of, id, children }: { of: Signal<boolean>; id: string; children: string }) {
  return (
    <label class="checkline">
      <input
        type="checkbox"
        checked={of.value}
        data-testid={id}
        onChange={(event) => {
          of.value = event.currentTarget.checked;
        }}
      />
      <span>{children}</span>
    </label>
  );
}

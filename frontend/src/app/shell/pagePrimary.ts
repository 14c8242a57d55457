import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const owners = signal(0);

/** A page shows the primary action itself: the header's steps aside, since there is one on each page. */
export const pageOwnsPrimary = computed(() => owners.value > 0);

export function useOwnPrimary(owns: boolean): void {
  useEffect(() => {
    if (!owns) return;
    owners.value += 1;
    return () => {
      owners.value -= 1;
    };
  }, [owns]);
}

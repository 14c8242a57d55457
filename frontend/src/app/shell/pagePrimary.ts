import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const owners = signal(0);

/** True while the page shows a primary button of its own. The header then shows none: a page has one at most. */
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

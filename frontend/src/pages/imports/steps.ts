import type { Import } from "../../api/types";

export const STEPS = ["Read", "Review", "Import"] as const;

const PLACES: Record<Import["stage"], number> = { "": 0, reading: 0, review: 1, applying: 2 };

/** Which of the steps it is at; behind the last one where it came in. Of one that ended otherwise nobody knows. */
export function placeOf({ status, stage }: Pick<Import, "status" | "stage">): number {
  if (status === "succeeded") return STEPS.length;
  return status === "waiting" ? PLACES.review : PLACES[stage];
}

const ENDS = { succeeded: "Imported", failed: "Failed", canceled: "Canceled" } as const;

/** What happens to it now, in a word. */
export function wordOf({ status, stage }: Pick<Import, "status" | "stage">): string {
  if (status === "waiting") return "Review";
  if (status === "queued" || status === "running") return stage === "applying" ? "Importing" : "Reading";
  return ENDS[status];
}

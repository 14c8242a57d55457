/** Where saving stands, in one value and in words. */
import { type Entry, refusedCount, size } from "./pendingChanges";

export interface SavingStatus {
  /** Changes that will go by themselves. */
  readonly pending: number;
  readonly trouble: "offline" | "server" | "signed-out" | null;
  readonly conflicts: number;
  readonly refusals: readonly {
    readonly image: number;
    readonly name: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** False when this browser keeps nothing: closing the page would lose what is pending. */
  readonly kept: boolean;
}

export const SAVED: SavingStatus = { pending: 0, trouble: null, conflicts: 0, refusals: [], kept: true };

export function statusOf(
  entries: readonly Entry[],
  trouble: SavingStatus["trouble"],
  kept: boolean,
): SavingStatus {
  const refusals = entries.flatMap((entry) => {
    if (!entry.refused) return [];
    const count = refusedCount(entry);
    return [{ image: entry.image, name: entry.name, reason: entry.refused.reason, count }];
  });
  const conflicts = entries.reduce((sum, entry) => sum + Object.keys(entry.conflicts).length, 0);
  const all = entries.reduce((sum, entry) => sum + size(entry), 0);
  const held = conflicts + refusals.reduce((sum, { count }) => sum + count, 0);
  const pending = Math.max(0, all - held);
  return { pending, trouble: pending > 0 ? trouble : null, conflicts, refusals, kept };
}

export type SavingTone = "good" | "busy" | "warn" | "bad";

/** One short line for the header, and its tone. */
export function wording(now: SavingStatus): { readonly text: string; readonly tone: SavingTone } {
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  const refused = now.refusals.reduce((sum, one) => sum + one.count, 0);
  if (refused > 0) return { text: `${refused} not accepted`, tone: "bad" };
  if (now.conflicts > 0) return { text: count(now.conflicts, "conflict"), tone: "warn" };
  if (now.pending === 0) return { text: "Saved", tone: "good" };
  if (!now.kept) return { text: `${now.pending} pending, not kept here`, tone: "bad" };
  const kept = `${count(now.pending, "change")} kept on this device`;
  if (now.trouble === "signed-out") return { text: `Signed out: ${kept}`, tone: "warn" };
  if (now.trouble) return { text: `Offline: ${kept}`, tone: "warn" };
  return { text: `${now.pending} pending`, tone: "busy" };
}

/** The same for screen readers: the end of saving and its troubles, not every step on the way. */
export function spoken(now: SavingStatus): string {
  const { text, tone } = wording(now);
  if (tone === "busy") return "";
  return now.trouble && now.kept ? text.replace(/\d+ changes?/, "changes are") : text;
}

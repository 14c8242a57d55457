/** The list of snapshots as pages and events come in, newest first. Pure. */
import type { Snapshot } from "../api/types";

export function withSnapshot(known: readonly Snapshot[], one: Snapshot): Snapshot[] {
  const old = known.find((other) => other.id === one.id);
  const others = known.filter((other) => other.id !== one.id);
  return [...others, { ...old, ...one }].sort((a, b) => b.number - a.number);
}

/** A page may have been read before an event that is here already: what has ended stays so, and nothing goes. */
export function withPage(known: readonly Snapshot[], page: readonly Snapshot[]): Snapshot[] {
  return known.filter(hasEnded).reduce<Snapshot[]>(withSnapshot, [...page]);
}

const hasEnded = ({ status }: Snapshot): boolean => status !== "queued" && status !== "running";

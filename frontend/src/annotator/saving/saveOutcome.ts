/** What an answer to a save means. */
import { ApiError, OfflineError, sentence } from "../../api/errors";
import type { AnnotationState, Person } from "../../api/types";
import type { Outgoing } from "./pendingChanges";

export type SaveOutcome =
  | { readonly kind: "retry"; readonly because: "offline" | "server" | "signed-out" }
  | {
      readonly kind: "conflict";
      readonly current: AnnotationState;
      readonly ids: readonly string[];
      /** Names. */
      readonly by: readonly string[];
    }
  | { readonly kind: "unmoved"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string; readonly ids: readonly string[] | null };

const PASSING = new Set([408, 425, 429]);

export function outcomeOf(error: unknown, out: Outgoing): SaveOutcome {
  if (error instanceof OfflineError || (error instanceof DOMException && /Abort|Timeout/.test(error.name))) {
    return { kind: "retry", because: "offline" };
  }
  // Not the server's words (a portal's page, say): the change is kept and goes again.
  if (!(error instanceof ApiError)) return { kind: "retry", because: "server" };
  if (error.status === 401) return { kind: "retry", because: "signed-out" };
  if (error.status >= 500 || PASSING.has(error.status)) return { kind: "retry", because: "server" };
  if (out.queueTurn !== null && isMove(error)) return { kind: "unmoved", reason: sentence(error) };
  // A conflict that names none: a label went meanwhile. The next try finds what it was merged into.
  if (error.status === 409) return conflictIn(error) ?? { kind: "retry", because: "server" };
  return { kind: "refused", reason: sentence(error), ids: refusedIds(error, out) };
}

/** About the move between queues, not about the annotations. */
function isMove({ problem }: ApiError): boolean {
  return "from" in problem && "to" in problem;
}

function conflictIn(error: ApiError): SaveOutcome | null {
  const current = error.problem.current as AnnotationState | undefined;
  const ids = error.problem.conflicts as string[] | undefined;
  const people = (error.problem.changed_by ?? []) as Person[];
  return current && ids ? { kind: "conflict", current, ids, by: people.map(({ name }) => name) } : null;
}

/** A validation error that names its rows (`upsert[2].x_max`) holds back only those. */
function refusedIds(error: ApiError, out: Outgoing): string[] | null {
  if (error.status !== 400 || !error.problem.errors?.length) return null;
  const ids = error.problem.errors.map(({ field }) => {
    const index = /^upsert\[(\d+)\]|^upsert\.(\d+)\b/.exec(field);
    return index && out.request.upsert[Number(index[1] ?? index[2])]?.id;
  });
  return ids.every((id) => typeof id === "string") ? [...new Set(ids as string[])] : null;
}

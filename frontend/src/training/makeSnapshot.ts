import { api } from "../api/client";
import type { Snapshot } from "../api/types";

const POLL_MS = 500;
const PATIENCE_MS = 10 * 60_000;

export const makeSnapshot = (project: number): Promise<Snapshot> =>
  api.post<Snapshot>(`projects/${project}/snapshots/`);

/** Makes a snapshot and waits until it is written. Throws with its reason when it fails. */
export async function frozenSnapshot(project: number): Promise<Snapshot> {
  let snapshot = await makeSnapshot(project);
  const deadline = Date.now() + PATIENCE_MS;
  while (snapshot.status === "queued" || snapshot.status === "running") {
    if (Date.now() > deadline) throw new Error(`Snapshot v${snapshot.number} is still being written.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    snapshot = await api.get<Snapshot>(`snapshots/${snapshot.id}/`);
  }
  if (snapshot.status !== "succeeded") throw new Error(failureText(snapshot));
  return snapshot;
}

export function failureText(snapshot: Snapshot): string {
  const { error } = snapshot;
  const reason = typeof error === "string" ? error : error?.detail;
  if (reason) return reason;
  return `Snapshot v${snapshot.number} ${snapshot.status === "canceled" ? "was canceled" : "could not be written"}.`;
}

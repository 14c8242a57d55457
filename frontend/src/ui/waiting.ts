/** What a queued job says of what it waits for: what is away, or only its turn. */
export function waitingText(job: { waiting_for: string }, turn = "Waiting for a worker."): string {
  return job.waiting_for ? `${job.waiting_for} It is tried again by itself.` : turn;
}

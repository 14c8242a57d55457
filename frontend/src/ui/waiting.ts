/** What a queued job says of what it waits for: what is away, another job, or only its turn. */
export function waitingText(job: { waiting_for: string }, turn = "Waiting for a worker."): string {
  return job.waiting_for ? `${job.waiting_for} The job goes on by itself.` : turn;
}

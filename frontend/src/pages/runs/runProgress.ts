/** Where a run stands: what one may do with it and how far it is. Pure. */
import { waitingText } from "../../ui/waiting";

interface Progress {
  readonly status: string;
  readonly waiting_for: string;
  readonly phase: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
}

const PHASES: Readonly<Record<string, string>> = {
  preparing: "Preparing images and weights",
  training: "Training",
  evaluating: "Evaluating on the validation images",
};

export const isLive = (status: string): boolean => status === "queued" || status === "running";

/** What the machine is doing now, in words. */
export function phaseText(run: Progress): string {
  if (run.status === "queued") return waitingText(run, "Waiting for a worker");
  return PHASES[run.phase] ?? "Starting";
}

/** Share of the training steps that are done, 0..1. `epoch` counts from 1 while it runs. */
export function shareDone(run: Progress): number {
  if (run.status === "succeeded") return 1;
  if (run.epochs <= 0 || run.epoch <= 0) return 0;
  if (run.phase === "evaluating") return Math.min(1, run.epoch / run.epochs); // after each epoch
  const within = run.steps > 0 ? Math.min(1, run.step / run.steps) : 0;
  return Math.min(1, (run.epoch - 1 + within) / run.epochs);
}

/** Seconds left by the engine's last word and the time since; null before it has said anything. */
export function secondsLeft(eta: number | null, heardAt: number, now: number): number | null {
  if (eta === null || !Number.isFinite(eta)) return null;
  return Math.max(0, eta - Math.max(0, now - heardAt) / 1000);
}

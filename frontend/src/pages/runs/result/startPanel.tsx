import { heldText, labelOriginText, lineageText, replayText, type Start } from "./startTexts";

/** What the run began with: earlier stages, where each label's row comes from, what did not learn. */
export function StartPanel({ start }: { start: Start }) {
  return (
    <section class="panel" aria-label="What it began with" data-testid="run-start">
      <header class="wraps">
        <h2 class="grow">What it began with</h2>
      </header>
      <div class="body">
        <p>{lineageText(start)}</p>
        {start.replay && <p>{replayText(start.replay)}</p>}
        {start.transfer && <p data-testid="run-transfer">{start.transfer.reason}</p>}
        <p class="small dim">{heldText(start)}</p>
        <p class="small dim">
          {start.labels.map((one) => `${one.label} ${labelOriginText(one)}`).join(", ")}
        </p>
      </div>
    </section>
  );
}

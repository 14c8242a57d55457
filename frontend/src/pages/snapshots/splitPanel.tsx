import type { Snapshot, Split } from "../../api/types";
import { count } from "../../ui/figures";

const SPLITS: readonly (readonly [split: Split, name: string])[] = [
  ["train", "Train"],
  ["val", "Validation"],
  ["test", "Test"],
];

/** How the labelled images are divided; an image's split follows from its hash and never moves. */
export function SplitPanel({ snapshot }: { snapshot: Snapshot }) {
  const { splits } = snapshot;
  const total = SPLITS.reduce((sum, [split]) => sum + (splits[split] ?? 0), 0);
  return (
    <section class="panel" aria-label="Splits">
      <header>
        <h2 class="grow">Splits</h2>
        <span class="small faint aside">of {count(total)} labelled images</span>
      </header>
      <div class="body">
        <div class="split-bar" aria-hidden="true">
          {SPLITS.map(([split]) => (
            <i key={split} class={split} style={{ flexGrow: splits[split] ?? 0 }} />
          ))}
        </div>
        <dl class="split-figures">
          {SPLITS.map(([split, name]) => (
            <div key={split}>
              <dt class="small">
                <i class={split} aria-hidden="true" />
                {name}
              </dt>
              <dd>
                {count(splits[split] ?? 0)}
                <small> {shareText(splits[split] ?? 0, total)}</small>
              </dd>
            </div>
          ))}
        </dl>
        {splits.val === 0 && total > 0 && (
          <p class="small warn">No validation images: a run on this has no AP.</p>
        )}
      </div>
    </section>
  );
}

/** One decimal where it has one, so that shares add up to what they show: "77.5 %". */
function shareText(part: number, total: number): string {
  const percent = total > 0 ? (part / total) * 100 : 0;
  return `${Number(percent.toFixed(1))} %`;
}

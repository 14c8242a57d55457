import type { ImportReview } from "../../../api/types";
import { Check } from "../../../ui/field";
import { count, counted } from "../../../ui/figures";

const SPLITS = ["train", "val", "test"] as const;

interface SplitsPanelProps {
  review: ImportReview;
  checked: boolean;
  disabled: boolean;
  onCheck: (checked: boolean) => void;
}

/** The splits and groups that the archive knows, and whether they are taken. */
export function SplitsPanel({ review, checked, disabled, onCheck }: SplitsPanelProps) {
  const { splits, groups } = review;
  const named = SPLITS.filter((split) => splits[split] > 0);
  return (
    <section class="panel" aria-label="Splits and groups">
      <header>
        <h2>{named.length > 0 ? "Splits" : "Groups"}</h2>
      </header>
      <div class="body stack review-splits">
        {named.length > 0 && (
          <>
            <span class={checked ? "split-parts" : "split-parts off"} aria-hidden="true">
              {named.map((split) => (
                <i key={split} class={split} style={{ flexGrow: splits[split] }} />
              ))}
            </span>
            <dl class="row split-counts">
              {named.map((split) => (
                <div key={split}>
                  <dt class="small faint">{split}</dt>
                  <dd>{count(splits[split])}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        {groups > 0 && (
          <p class="small dim">{counted(groups, "group")}: the images of one stay in one split.</p>
        )}
        <Check checked={checked} disabled={disabled} onCheck={onCheck}>
          Take them over
        </Check>
        <p class="small faint">Images that have a split here already keep it, unless theirs are taken.</p>
      </div>
    </section>
  );
}

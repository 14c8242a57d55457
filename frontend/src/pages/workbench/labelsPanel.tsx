import { useComputed } from "@preact/signals";
import { chordOf, labelKeys } from "../../annotator/core/labelKeys";
import { lookOf } from "../../annotator/core/scene";
import type { Guess } from "../../annotator/core/suggestions";
import { KeyHint } from "../../app/keyHint";
import { withKey } from "../../app/keys";
import { ButtonLink, IconButton } from "../../ui/button";
import { count } from "../../ui/figures";
import { LabelDot } from "../../ui/label";
import { Choice } from "./choice";
import type { PageActions } from "./keys";
import { advances, asksLabel } from "./preferences";
import type { WorkbenchState } from "./workbenchState";

interface GuessScoreProps {
  guesses: readonly Guess[];
  label: number;
  hasKey?: boolean;
}

/** How many annotations of each label this image has. */
export function useHere(workbench: WorkbenchState) {
  return useComputed(() => {
    const here = new Map<number, number>();
    for (const { label } of workbench.document.value.annotations.values()) {
      here.set(label, (here.get(label) ?? 0) + 1);
    }
    return here;
  });
}

/** The label in hand, which the next box gets; in a classification project, that of the image. */
export function useCurrentLabel(workbench: WorkbenchState) {
  return useComputed(() => {
    if (workbench.whole) return [...workbench.document.value.annotations.values()][0]?.label ?? null;
    return workbench.label.value;
  });
}

/** How likely the model thinks the label; `hasKey`: the likeliest one says by which key it is taken. */
export function GuessScore({ guesses, label, hasKey = false }: GuessScoreProps) {
  const at = guesses.findIndex((one) => one.label === label);
  const guess = guesses[at];
  if (!guess) return null;
  return (
    <span class="faint mono nowrap" data-testid="label-guess" title="How likely the model thinks it">
      {hasKey && at === 0 && <KeyHint of="accept" />} {guess.score.toFixed(2)}
    </span>
  );
}

/** Lit: a digit is enough by now. */
function LabelKeys({ index, chord }: { index: number; chord: number | null }) {
  const keys = labelKeys(index);
  const isLit = chordOf(index) === chord;
  return <span class="key">{keys && <kbd class={isLit ? "lit" : ""}>{keys}</kbd>}</span>;
}

export function LabelsPanel({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const { labels, slug } = workbench.project.project.value;
  const here = useHere(workbench).value;
  const current = useCurrentLabel(workbench).value;
  const { whole } = workbench;
  const added = workbench.added.value;
  const guesses = workbench.suggested.value.guesses ?? [];
  return (
    <section aria-label="Labels">
      <header>
        <h2 class="grow">Labels</h2>
        <span class="col faint">here</span>
        <span class="col faint all">all</span>
        <IconButton
          icon="search"
          size="sm"
          label={withKey("Pick a label by name", "find")}
          onClick={page.find}
        />
      </header>
      {labels.length === 0 && (
        <div class="side-note">
          <p>This project has no labels yet. Boxes need one.</p>
          {workbench.project.may("manager") && (
            <ButtonLink href={`/p/${slug}/settings`}>Add labels</ButtonLink>
          )}
        </div>
      )}
      <ul class="rows labels">
        {labels.map((label, index) => (
          <li key={label.id}>
            <button
              type="button"
              class={`li ${label.id === current ? "on" : ""}`}
              data-testid="label-row"
              data-label={label.name}
              title={label.name}
              aria-pressed={label.id === current}
              disabled={whole && !workbench.editable}
              onClick={() => page.pick(index)}
            >
              <LabelDot {...lookOf(workbench.looks.value, label.id)} />
              <span class="cut grow">{label.name}</span>
              <GuessScore guesses={guesses} label={label.id} hasKey={workbench.editable} />
              <span class="col" data-testid="label-here">
                {here.get(label.id) ?? ""}
              </span>
              <span class="col all faint">
                {count(
                  Math.max(label.annotation_count + (added.get(label.id) ?? 0), here.get(label.id) ?? 0),
                )}
              </span>
              <LabelKeys index={index} chord={workbench.chord.value} />
            </button>
          </li>
        ))}
      </ul>
      {workbench.editable && (whole ? labels.length > 0 : labels.length > 1) && (
        <div class="side-check">
          {whole ? (
            <Choice of={advances} id="advances">
              Next image after a label
            </Choice>
          ) : (
            <Choice of={asksLabel} id="asks-label">
              Ask for the label after each box
            </Choice>
          )}
        </div>
      )}
    </section>
  );
}

import { lookOf } from "../../annotator/core/scene";
import type { Suggestion } from "../../annotator/core/suggestions";
import { KeyHint } from "../../app/keyHint";
import { Button, IconButton } from "../../ui/button";
import { counted } from "../../ui/figures";
import { LabelDot } from "../../ui/label";
import { ScoreSlider } from "../../ui/scoreSlider";
import type { WorkbenchState } from "./workbenchState";

/** What a model suggests for the image: taken or put away one by one, or taken together from a score on. */
export function SuggestionsPanel({ workbench }: { workbench: WorkbenchState }) {
  const open = workbench.suggestions.value;
  const shown = workbench.shownSuggestions.value;
  const { all, from } = workbench.suggested.value;
  const run = workbench.suggestedBy.value;
  if (all.length === 0) return null;
  return (
    <section class="suggestions" aria-label="Suggestions" data-testid="suggestions">
      <header>
        <h2 class="grow">{counted(open.length, "suggestion")}</h2>
        {run !== null && <span class="small faint">run {run}</span>}
      </header>
      <ul class="rows suggestion-list">
        {open.map((one) => (
          <SuggestionRow key={one.id} workbench={workbench} one={one} />
        ))}
      </ul>
      <div class="score-from">
        <ScoreSlider value={from} onValue={(score) => workbench.suggestFrom(score)} testId="suggest-from" />
      </div>
      {workbench.editable && (
        <div class="suggestion-acts">
          <Button
            onClick={() => workbench.command({ name: "acceptAll" })}
            disabled={shown.length === 0}
            data-testid="accept-all"
          >
            Accept all {shown.length} <KeyHint of="acceptAll" />
          </Button>
        </div>
      )}
    </section>
  );
}

function SuggestionRow({ workbench, one }: { workbench: WorkbenchState; one: Suggestion }) {
  const look = lookOf(workbench.looks.value, one.label);
  const isOn = workbench.chosen.value.includes(one.id);
  return (
    <li class={`li ${isOn ? "on" : ""}`} data-testid="suggestion-row">
      <button
        type="button"
        class="suggestion-name grow"
        aria-pressed={isOn}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) workbench.command({ name: "toggle", id: one.id });
          else workbench.dispatch({ type: "select", id: one.id, reveal: true });
        }}
      >
        <LabelDot {...look} />
        <span class="cut grow">{look.name}</span>
        {workbench.concealed.value.has(one.id) && <span class="faint">hidden</span>}
        <span class="faint mono">{one.score.toFixed(2)}</span>
      </button>
      {workbench.editable && (
        <>
          <IconButton
            icon="check"
            size="sm"
            label={`Accept ${look.name}`}
            onClick={() => workbench.command({ name: "accept", id: one.id })}
          />
          <IconButton
            icon="x"
            size="sm"
            label={`Reject ${look.name}`}
            onClick={() => workbench.command({ name: "reject", id: one.id })}
          />
        </>
      )}
    </li>
  );
}

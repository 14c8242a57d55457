/** Labels and tools within the thumb's reach. */

import { lookOf } from "../../annotator/core/scene";
import { Button } from "../../ui/button";
import { counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { LabelDot } from "../../ui/label";
import type { PageActions } from "./keys";
import { GuessScore, useCurrentLabel } from "./labelsPanel";
import { findTool, ToolButton } from "./toolbar";
import type { WorkbenchState } from "./workbenchState";

const TOOLS = ["draw", "pan", "undo", "remove"] as const;

export function PhoneBar({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const { labels } = workbench.project.project.value;
  const current = useCurrentLabel(workbench).value;
  const { whole } = workbench;
  const guesses = workbench.suggested.value.guesses ?? [];
  return (
    <div class="phone-bar phone-only">
      <div class={whole ? "label-chips wrap" : "label-chips"} role="group" aria-label="Labels">
        {labels.map((label, index) => (
          <button
            key={label.id}
            type="button"
            class="label-chip"
            data-testid="label-chip"
            aria-pressed={label.id === current}
            disabled={!workbench.editable}
            onClick={() => page.pick(index)}
          >
            <LabelDot {...lookOf(workbench.looks.value, label.id)} />
            {label.name}
            <GuessScore guesses={guesses} label={label.id} />
          </button>
        ))}
      </div>
      <div class="thumb-row">
        {TOOLS.filter((id) => !whole || id === "undo").map((id) => (
          <ToolButton key={id} workbench={workbench} tool={findTool(id)} />
        ))}
        <AcceptButton workbench={workbench} />
        <span class="grow" />
        <button type="button" class="tb" aria-label="Previous image" onClick={page.previous}>
          <Icon name="left" />
        </button>
        <Button
          look="primary"
          size="lg"
          onClick={page.next}
          disabled={workbench.phase.value === "loading" || workbench.phase.value === "empty"}
          data-testid="next-image-phone"
        >
          {workbench.isDraft.value && workbench.editable ? "Finish" : "Next"}
        </Button>
      </div>
    </div>
  );
}

/** Takes the suggestion that was tapped, or the best; the bin puts one away. */
function AcceptButton({ workbench }: { workbench: WorkbenchState }) {
  const { length } = workbench.shownSuggestions.value;
  if (length === 0 || !workbench.editable) return null;
  return (
    <button
      type="button"
      class="tb accept"
      aria-label={`Accept one of ${counted(length, "suggestion")}`}
      data-testid="accept-phone"
      onClick={() => workbench.command({ name: "accept" })}
    >
      <Icon name="sugg" />
      {length}
    </button>
  );
}

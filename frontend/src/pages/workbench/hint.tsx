/** A line above the stage for who has never labelled here: one step at a time, until it is done or closed. */

import type { JSX } from "preact";
import { lookOf } from "../../annotator/core/scene";
import { KeyHint } from "../../app/keyHint";
import { keyOf } from "../../app/keys";
import { IconButton } from "../../ui/button";
import { counted } from "../../ui/figures";
import { DRAW, END, firstStepOf, NEXT, OVER, showsOf, toldOf } from "./firstSteps";
import { Notice } from "./notice";
import type { WorkbenchState } from "./workbenchState";

export function Hint({ workbench, user }: { workbench: WorkbenchState; user: number }) {
  const step = firstStepOf(user);
  const Words = step.value === OVER ? null : WORDS[toldOf(step.value, showsOf(workbench))];
  if (!Words) return null;
  return (
    <Notice tone="info" icon="note" id="hint">
      <span class="grow">
        <Words workbench={workbench} isTouch={workbench.editor.peek().coarse} />
      </span>
      <IconButton
        icon="x"
        size="sm"
        label="Close the hint"
        onClick={() => {
          step.value = OVER;
        }}
      />
    </Notice>
  );
}

interface WordsProps {
  readonly workbench: WorkbenchState;
  readonly isTouch: boolean;
}

const WORDS: Readonly<Record<number, (props: WordsProps) => JSX.Element>> = {
  [DRAW]: FirstWords,
  [NEXT]: NextWords,
  [END]: LastWords,
};

function FirstWords({ workbench, isTouch }: WordsProps) {
  const { length } = workbench.project.project.value.labels;
  if (workbench.whole) {
    const keys = `1–${Math.min(9, length)}`;
    return <>{isTouch ? "Tap the label" : `Press ${keys}, or click the label,`} that this picture shows.</>;
  }
  const { name } = lookOf(workbench.looks.value, workbench.label.value);
  return (
    <>
      Drag {isTouch && "a finger "}from corner to corner: a box around each <b>{name}</b>.
    </>
  );
}

function NextWords({ workbench, isTouch }: WordsProps) {
  const what = workbench.whole ? "" : "All drawn? ";
  if (isTouch || !keyOf("next"))
    return (
      <>
        {what}The button “{workbench.isDraft.value ? "Finish" : "Next"}” brings the next image.
      </>
    );
  return (
    <>
      {what}
      <KeyHint of="next" /> brings the next image.
    </>
  );
}

function LastWords({ workbench }: WordsProps) {
  const left = counted(workbench.project.counts.value.unlabelled, "unlabelled image");
  return <>{left} left, as it says at the top. What you draw is saved by itself.</>;
}

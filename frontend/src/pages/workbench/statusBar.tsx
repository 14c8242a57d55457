import { useComputed } from "@preact/signals";
import type { BoxAnnotation } from "../../annotator/core/annotation";
import type { Editor } from "../../annotator/core/editor";
import { clamp, height, width } from "../../annotator/core/geometry";
import { draws, type Tool } from "../../annotator/core/gesture";
import { lookOf } from "../../annotator/core/scene";
import { toImage } from "../../annotator/core/viewport";
import { keyOf, withKey } from "../../app/keys";
import { Button, IconButton } from "../../ui/button";
import { counted } from "../../ui/figures";
import { adjustmentText, unadjust } from "./adjustment";
import type { PageActions } from "./keys";
import type { WorkbenchState } from "./workbenchState";

/** What a hand could do next, where it isn't obvious. */
function hint(editor: Editor): string | null {
  if (editor.gesture.kind === "placing") return placingHint(editor.tool, editor.gesture.points.length);
  if (editor.hidden) return `Boxes are hidden. ${keyOf("hide")} shows them.`;
  if (
    editor.gesture.kind === "idle" &&
    editor.gesture.hover.on === "box" &&
    editor.selected &&
    draws(editor.tool)
  ) {
    return editor.picked
      ? "Drag to move. Shift drag draws inside."
      : "Drag to draw. Click, then drag, to move.";
  }
  return null;
}

function placingHint(tool: Tool, set: number): string {
  if (tool === "corners") return "Click the opposite corner. Esc lets go.";
  return `Click ${counted(4 - set, "more extreme point")}: top, bottom, left, right. Esc lets go.`;
}

function Coordinates({ workbench }: { workbench: WorkbenchState }) {
  const text = useComputed(() => {
    const { gesture, view, image } = workbench.editor.value;
    const at = "at" in gesture ? gesture.at : null;
    if (!at) return "x –  y –";
    const point = toImage(view, at);
    const x = clamp(point.x, 0, image.width).toFixed(1);
    return `x ${x}  y ${clamp(point.y, 0, image.height).toFixed(1)}`;
  });
  return (
    <span class="mono coords" data-testid="coordinates">
      {text.value}
    </span>
  );
}

function About({ workbench }: { workbench: WorkbenchState }) {
  const target = workbench.target.value;
  const advice = useComputed(() => hint(workbench.editor.value)).value;
  if (advice) return <span class="dim">{advice}</span>;
  if (!target) return null;
  if (workbench.chosen.value.length > 1) return <span>{workbench.chosen.value.length} boxes selected</span>;
  const { name } = lookOf(workbench.looks.value, target.label);
  const by = target.author ? `, by ${target.author}` : "";
  return (
    <span class="cut">
      {name}, {Math.round(width(target.box))} × {Math.round(height(target.box))} px{by}
    </span>
  );
}

/** The picture is not as it is: a click puts it back. */
function Adjusted() {
  if (!adjustmentText.value) return null;
  return (
    <Button
      look="quiet"
      size="sm"
      class="adjusted"
      title={withKey("Show the picture as it is", "unadjust")}
      onClick={unadjust}
      data-testid="adjusted"
    >
      {adjustmentText.value}
    </Button>
  );
}

export function StatusBar({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const image = workbench.image.value;
  if (!image) return <div class="status-bar desk-only" />;
  return (
    <div class="status-bar desk-only">
      <IconButton
        icon="minus"
        size="sm"
        label={withKey("Zoom out", "zoomOut")}
        onClick={() => workbench.command({ name: "zoom", factor: 0.8 })}
      />
      <span class="zoom" data-testid="zoom">
        {Math.round(workbench.scale.value * 100)} %
      </span>
      <IconButton
        icon="plus"
        size="sm"
        label={withKey("Zoom in", "zoomIn")}
        onClick={() => workbench.command({ name: "zoom", factor: 1.25 })}
      />
      <Button
        look="quiet"
        size="sm"
        title={withKey("Fit", "fit")}
        onClick={() => workbench.command({ name: "fit" })}
      >
        Fit
      </Button>
      <Button
        look="quiet"
        size="sm"
        title={withKey("100 %", "full")}
        onClick={() => workbench.command({ name: "scale", scale: 1 })}
      >
        100 %
      </Button>
      <Button
        look="quiet"
        size="sm"
        title="Brightness and contrast"
        onClick={page.view}
        data-testid="open-view"
      >
        View
      </Button>
      <Adjusted />
      <span class="wb-rule" />
      <Coordinates workbench={workbench} />
      <span class="grow" />
      <About workbench={workbench} />
      <span class="wb-rule" />
      <span class="nowrap">
        {image.width} × {image.height} px
      </span>
    </div>
  );
}

/** For screen readers: which box is selected, and where it lies. */
export function SelectionVoice({ workbench }: { workbench: WorkbenchState }) {
  const text = useComputed(() => {
    const target = workbench.target.value;
    if (!target) return "";
    if (workbench.chosen.value.length > 1) return `${workbench.chosen.value.length} boxes selected`;
    const isOpen = workbench.suggestions.value.some(({ id }) => id === target.id);
    const all: readonly BoxAnnotation[] = isOpen ? workbench.suggestions.value : workbench.boxes.value;
    const position = all.findIndex(({ id }) => id === target.id) + 1;
    const { x_min, y_min } = target.box;
    const name = lookOf(workbench.looks.value, target.label).name;
    const size = `${Math.round(width(target.box))} by ${Math.round(height(target.box))}`;
    return `${name}, ${isOpen ? "suggestion" : "box"} ${position} of ${all.length}, ${size} pixels at ${Math.round(x_min)}, ${Math.round(y_min)}`;
  });
  return (
    <span class="vh" role="status" aria-live="polite" data-testid="selection-voice">
      {text.value}
    </span>
  );
}

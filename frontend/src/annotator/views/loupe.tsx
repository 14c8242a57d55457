/** Under a finger one sees nothing: while it drags, a round glass in the far corner shows the place. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { StagePoint } from "../core/geometry";
import { type Gesture, inHand } from "../core/gesture";
import { lookOf } from "../core/scene";
import { boxToStage, toImage } from "../core/viewport";
import type { Shown } from "./layers";

const SIZE = 120;
const GAIN = 3;

function fingerAt(gesture: Gesture): StagePoint | null {
  const drags = gesture.kind === "drawing" || gesture.kind === "resizing";
  return drags && gesture.by !== "mouse" ? gesture.at : null;
}

/** The place that the loupe looks at: the corner in hand, not the finger beside it. */
function focusOf({ editor }: Shown): StagePoint | null {
  const { gesture } = editor;
  const finger = fingerAt(gesture);
  const held = inHand(gesture);
  if (!finger || !held) return null;
  const box = boxToStage(editor.view, held.box);
  const near = (low: number, high: number, at: number): number =>
    Math.abs(at - low) < Math.abs(at - high) ? low : high;
  return { x: near(box.x_min, box.x_max, finger.x), y: near(box.y_min, box.y_max, finger.y) };
}

function paint(
  canvas: HTMLCanvasElement,
  picture: HTMLImageElement | null,
  now: Shown,
  at: StagePoint,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { view, image } = now.editor;
  const ratio = devicePixelRatio;
  canvas.width = SIZE * ratio;
  canvas.height = SIZE * ratio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#0c0c0c";
  context.fillRect(0, 0, SIZE, SIZE);
  const scale = view.scale * GAIN;
  const centre = toImage(view, at);
  const left = SIZE / 2 - centre.x * scale;
  const top = SIZE / 2 - centre.y * scale;
  context.filter = now.filter || "none";
  if (picture?.complete) context.drawImage(picture, left, top, image.width * scale, image.height * scale);
  context.filter = "none";
  const held = inHand(now.editor.gesture);
  if (held) {
    const { box, id } = held;
    const label = id === null ? now.editor.label : (now.editor.document.annotations.get(id)?.label ?? null);
    for (const [width, color] of [
      [4, "rgba(0, 0, 0, 0.62)"],
      [2, lookOf(now.looks, label).color],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = color;
      context.strokeRect(
        left + box.x_min * scale,
        top + box.y_min * scale,
        (box.x_max - box.x_min) * scale,
        (box.y_max - box.y_min) * scale,
      );
    }
  }
  plus(context, 3, "#fff");
  plus(context, 1, "#111");
}

function plus(context: CanvasRenderingContext2D, width: number, color: string): void {
  const half = SIZE / 2;
  context.lineWidth = width;
  context.strokeStyle = color;
  context.beginPath();
  context.moveTo(half, half - 14);
  context.lineTo(half, half + 14);
  context.moveTo(half - 14, half);
  context.lineTo(half + 14, half);
  context.stroke();
}

export function Loupe({
  shown,
  stage,
}: {
  shown: ReadonlySignal<Shown>;
  stage: { current: HTMLElement | null };
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = useComputed(() => {
    const at = focusOf(shown.value);
    if (!at) return null;
    return at.x < SIZE * 1.5 && at.y < SIZE * 1.5 ? "right" : "left";
  });
  useSignalEffect(() => {
    const at = focusOf(shown.value);
    if (at && canvas.current)
      paint(canvas.current, stage.current?.querySelector("img") ?? null, shown.value, at);
  });
  return (
    <canvas
      ref={canvas}
      class={`loupe ${side.value ?? ""}`}
      data-testid="loupe"
      hidden={side.value === null}
    />
  );
}

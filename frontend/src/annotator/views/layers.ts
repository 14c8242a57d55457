/** Two canvases over the picture: boxes at rest, and what is in hand. Painted at most once a frame. */
import type { Editor } from "../core/editor";
import { type LabelLooks, liveScene, restScene, type Theirs } from "../core/scene";
import { paintLive, paintRest } from "./paint";

export interface Shown {
  readonly editor: Editor;
  readonly looks: LabelLooks;
  readonly theirs: readonly Theirs[];
  /** A CSS filter for the picture alone, never for the boxes. */
  readonly filter: string;
}

export interface Layers {
  show(now: Shown): void;
  close(): void;
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext("2d");
  if (!found) throw new Error("This browser can't draw on a canvas.");
  return found;
}

function sized(canvas: HTMLCanvasElement, { stage }: Editor, ratio: number): void {
  const width = Math.round(stage.width * ratio);
  const height = Math.round(stage.height * ratio);
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

/** Whether the boxes at rest look different; a drag changes none of this. */
function restChanged(was: Shown | null, now: Shown): boolean {
  if (!was || was.looks !== now.looks) return true;
  const a = was.editor;
  const b = now.editor;
  return (
    a.document.annotations !== b.document.annotations ||
    a.suggested !== b.suggested ||
    a.view !== b.view ||
    a.stage !== b.stage ||
    a.selected !== b.selected ||
    a.concealed !== b.concealed ||
    a.hidden !== b.hidden
  );
}

export function openLayers(rest: HTMLCanvasElement, live: HTMLCanvasElement): Layers {
  const below = context(rest);
  const above = context(live);
  let painted: Shown | null = null;
  let wanted: Shown | null = null;
  let frame = 0;
  const paint = (): void => {
    frame = 0;
    if (!wanted) return;
    const ratio = devicePixelRatio;
    const now = wanted;
    if (restChanged(painted, now)) {
      sized(rest, now.editor, ratio);
      paintRest(below, restScene(now.editor, now.looks), ratio);
    }
    sized(live, now.editor, ratio);
    paintLive(above, liveScene(now.editor, now.looks, now.theirs), ratio);
    painted = now;
  };
  return {
    show(now) {
      wanted = now;
      if (frame === 0) frame = requestAnimationFrame(paint);
    },
    close() {
      cancelAnimationFrame(frame);
    },
  };
}

/** The image under the canvases: the preview first, the original once one zooms past the preview's pixels. */
import { effect, type ReadonlySignal, useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Shown } from "./layers";

export interface PictureSource {
  readonly preview: string;
  readonly file: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  readonly onLoad: () => void;
  readonly onError: () => void;
}

/** The long side of a preview, in pixels. */
const PREVIEW_SIDE = 1600;

export function Picture({ source, shown }: { source: PictureSource; shown: ReadonlySignal<Shown> }) {
  const element = useRef<HTMLImageElement>(null);
  const [sharp, setSharp] = useState<string | null>(null);
  const wantsFile = useComputed(() => {
    const drawn = Math.max(source.width, source.height) * shown.value.editor.view.scale * devicePixelRatio;
    return Math.max(source.width, source.height) > PREVIEW_SIDE && drawn > PREVIEW_SIDE * 1.3;
  });
  useEffect(() => {
    if (!wantsFile.value || sharp === source.file) return;
    const image = new Image();
    image.src = source.file;
    // While it loads, and if it never does, the preview stays.
    image.decode().then(
      () => setSharp(source.file),
      () => undefined,
    );
  }, [wantsFile.value, source.file]);
  // In place before it is seen: who draws at once would draw on a picture that still jumps.
  useLayoutEffect(
    () =>
      effect(() => {
        const { view } = shown.value.editor;
        if (!element.current) return;
        element.current.style.filter = shown.value.filter;
        element.current.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
        element.current.style.imageRendering = view.scale * devicePixelRatio >= 6 ? "pixelated" : "auto";
      }),
    [],
  );
  return (
    <img
      ref={element}
      data-testid="picture"
      src={sharp === source.file ? source.file : source.preview}
      alt={source.alt}
      width={source.width}
      height={source.height}
      draggable={false}
      onLoad={source.onLoad}
      onError={source.onError}
    />
  );
}

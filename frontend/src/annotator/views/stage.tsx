/** The stage: the picture, two canvases over it, and the wires from events to the machine. */
import { type ReadonlySignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { cursorOf } from "../core/scene";
import type { Action } from "../core/step";
import { type Layers, openLayers, type Shown } from "./layers";
import { Loupe } from "./loupe";
import { Picture, type PictureSource } from "./picture";
import { pointerAction, wheelAction } from "./pointers";

interface StageProps {
  readonly shown: ReadonlySignal<Shown>;
  readonly picture: PictureSource;
  readonly dispatch: (action: Action) => void;
  readonly label: string;
  readonly describedBy: string;
  readonly children?: ComponentChildren;
}

/** The stage's size goes to the machine before anything is seen, and whenever it changes. */
function useSize(stage: { current: HTMLDivElement | null }, dispatch: (action: Action) => void): void {
  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return;
    const tell = (): void => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0 && height > 0) dispatch({ type: "stage", stage: { width, height } });
    };
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    tell();
    return () => observer.disconnect();
  }, []);
}

/** Wheel events must not be passive, or the page would scroll and zoom. */
function useWheel(stage: { current: HTMLDivElement | null }, dispatch: (action: Action) => void): void {
  useEffect(() => {
    const element = stage.current;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (element) dispatch(wheelAction(element, event));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, []);
}

export function Stage({ shown, picture, dispatch, label, describedBy, children }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const rest = useRef<HTMLCanvasElement>(null);
  const live = useRef<HTMLCanvasElement>(null);
  const layers = useRef<Layers | null>(null);
  useSize(stage, dispatch);
  useWheel(stage, dispatch);
  useEffect(() => {
    if (rest.current && live.current) layers.current = openLayers(rest.current, live.current);
    layers.current?.show(shown.peek());
    return () => layers.current?.close();
  }, []);
  useSignalEffect(() => {
    const now = shown.value;
    layers.current?.show(now);
    if (stage.current) stage.current.style.cursor = cursorOf(now.editor);
  });
  const tell = (type: "down" | "move" | "up" | "cancel" | "leave") => (event: PointerEvent) => {
    const element = stage.current;
    if (!element) return;
    if (type === "down") {
      // A button on the stage keeps its own press.
      if (event.target !== element) return;
      element.setPointerCapture(event.pointerId);
      element.focus({ preventScroll: true });
    }
    dispatch(pointerAction(type, element, event));
  };
  return (
    <div
      ref={stage}
      class="stage"
      data-testid="stage"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys work while the stage has the focus
      tabIndex={0}
      aria-label={label}
      aria-describedby={describedBy}
      onPointerDown={tell("down")}
      onPointerMove={tell("move")}
      onPointerUp={tell("up")}
      onPointerCancel={tell("cancel")}
      onPointerLeave={tell("leave")}
      onContextMenu={(event) => event.preventDefault()}
      onAuxClick={(event) => event.preventDefault()}
    >
      <Picture source={picture} shown={shown} />
      <canvas ref={rest} data-testid="boxes-canvas" />
      <canvas ref={live} />
      <Loupe shown={shown} stage={stage} />
      {children}
    </div>
  );
}

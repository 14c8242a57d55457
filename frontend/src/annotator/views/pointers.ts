/** Browser events into the machine's words; no gesture is decided here. */
import type { StagePoint } from "../core/geometry";
import type { PointerInput } from "../core/gesture";
import type { PointerKind } from "../core/hit";
import type { Action } from "../core/step";

export function pointIn(stage: Element, event: MouseEvent): StagePoint {
  const { left, top } = stage.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function kindOf(event: PointerEvent): PointerKind {
  return event.pointerType === "touch" || event.pointerType === "pen" ? event.pointerType : "mouse";
}

export function pointerAction(type: PointerInput["type"], stage: Element, event: PointerEvent): Action {
  const { pointerId: pointer, button, shiftKey: force, altKey: turn } = event;
  const adds = event.ctrlKey || event.metaKey;
  return {
    type: "pointer",
    input: { type, pointer, kind: kindOf(event), at: pointIn(stage, event), button, force, turn, adds },
  };
}

const LINE = 16;
/** A pinch on a trackpad comes as small steps of a wheel with Ctrl. */
const PINCH_GAIN = 10;

/** The wheel zooms at the pointer; sideways, or with Shift, it pans. */
export function wheelAction(stage: Element, event: WheelEvent): Action {
  const unit = event.deltaMode === 0 ? 1 : LINE;
  const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  const at = pointIn(stage, event);
  const dx = event.deltaX * unit || (event.shiftKey ? event.deltaY * unit : 0);
  const dy = event.shiftKey ? 0 : event.deltaY * unit;
  if (event.ctrlKey)
    return {
      type: "wheel",
      at,
      dx: 0,
      dy: dy * PINCH_GAIN,
      zoom: true,
    };
  return { type: "wheel", at, dx, dy, zoom: !sideways };
}

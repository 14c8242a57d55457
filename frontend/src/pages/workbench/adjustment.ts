/** How the picture is shown: brighter or with more contrast, on this device, until it is put back. */
import { computed } from "@preact/signals";
import type { AdjustCommand } from "../../annotator/core/shortcuts";
import { brightness, contrast } from "./preferences";

export const ADJUSTMENTS = { brightness, contrast };

/** In per cent of the picture as it is. */
export const LEAST = -80;
export const MOST = 200;

export function adjust({ what, by }: Pick<AdjustCommand, "what" | "by">): void {
  const of = ADJUSTMENTS[what];
  of.value = Math.min(MOST, Math.max(LEAST, of.value + by));
}

export function unadjust(): void {
  brightness.value = 0;
  contrast.value = 0;
}

export const pictureFilter = computed(() =>
  brightness.value === 0 && contrast.value === 0
    ? ""
    : `brightness(${100 + brightness.value}%) contrast(${100 + contrast.value}%)`,
);

/** "Brightness +20 %, contrast −10 %"; empty: the picture is shown as it is. */
export const adjustmentText = computed(() => {
  const said = Object.entries(ADJUSTMENTS).filter(([, { value }]) => value !== 0);
  const text = said.map(([name, { value }]) => `${name} ${signed(value)}`).join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
});

export function signed(percent: number): string {
  return `${percent > 0 ? "+" : ""}${percent} %`.replace("-", "−");
}

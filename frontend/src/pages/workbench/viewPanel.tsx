/** Brightness and contrast, beside the zoom: what they change is seen at once. */
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { withKey } from "../../app/keys";
import { Button, IconButton } from "../../ui/button";
import { adjustmentText, LEAST, MOST, signed, unadjust } from "./adjustment";
import { brightness, contrast } from "./preferences";

function Slider({ of, name }: { of: Signal<number>; name: string }) {
  const { value } = of;
  return (
    <label class="view-slider">
      <span>{name}</span>
      <input
        type="range"
        class="slider"
        min={LEAST}
        max={MOST}
        step={5}
        value={value}
        aria-valuetext={signed(value)}
        style={`--at:${((value - LEAST) / (MOST - LEAST)) * 100}%`}
        data-testid={`view-${name.toLowerCase()}`}
        onInput={(event) => {
          of.value = Number(event.currentTarget.value);
        }}
      />
      <output class="mono">{signed(value)}</output>
    </label>
  );
}

/** Closed by Escape, or by a press beside it; the stage has the keys again then. */
export default function ViewPanel({ close }: { close: () => void }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.querySelector("input")?.focus();
    const outside = (event: Event): void => {
      if (!panel.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div
      ref={panel}
      class="view-panel"
      role="dialog"
      aria-label="Brightness and contrast"
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <Slider of={brightness} name="Brightness" />
      <Slider of={contrast} name="Contrast" />
      <footer>
        <Button
          look="quiet"
          size="sm"
          title={withKey("Show the picture as it is", "unadjust")}
          disabled={!adjustmentText.value}
          onClick={unadjust}
        >
          Reset
        </Button>
        <IconButton icon="x" size="sm" label="Close" onClick={close} />
      </footer>
    </div>
  );
}

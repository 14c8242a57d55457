import { useId } from "preact/hooks";

interface ScoreSliderProps {
  value: number;
  onValue: (value: number) => void;
  testId?: string;
}

/** Boxes from this score on are shown and counted. */
export function ScoreSlider({ value, onValue, testId }: ScoreSliderProps) {
  const id = useId();
  return (
    <span class="score-slider">
      <label for={id}>Score from</label>
      <input
        id={id}
        type="range"
        class="slider"
        min={0.05}
        max={0.95}
        step={0.01}
        value={value}
        style={`--at:${((value - 0.05) / 0.9) * 100}%`}
        data-testid={testId}
        onInput={(event) => onValue(Number(event.currentTarget.value))}
      />
      <output class="mono" for={id}>
        {value.toFixed(2)}
      </output>
    </span>
  );
}

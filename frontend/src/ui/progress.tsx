export function Spinner() {
  return <span class="spin" aria-hidden="true" />;
}

interface BarProps {
  value: number;
  max: number;
  /** What it measures, for those who do not see it. */
  label: string;
  /** The machine works: blue and taller. People's work is ink. */
  live?: boolean;
}

export function Bar({ value, max, label, live = false }: BarProps) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div
      class={live ? "bar tall live" : "bar"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
    >
      <i style={{ width: `${(part * 100).toFixed(1)}%` }} />
    </div>
  );
}

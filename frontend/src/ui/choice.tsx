import type { ComponentChildren } from "preact";

interface Choice<T extends string> {
  value: T;
  name: ComponentChildren;
  /** Needed where the name is an icon. */
  label?: string;
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: Choice<T>[];
  onPick: (value: T) => void;
}

/** Arrow keys move and pick, as in a group of radio buttons or tabs. */
function onArrow<T extends string>(event: KeyboardEvent, { value, choices, onPick }: ChoiceProps<T>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = choices.findIndex((choice) => choice.value === value);
  const next = (at + step + choices.length) % choices.length;
  onPick(choices[next]!.value);
  ((event.currentTarget as Element).children[next] as HTMLElement | undefined)?.focus();
}

/** 2–5 exclusive views. */
export function Segmented<T extends string>(props: ChoiceProps<T>) {
  return (
    <div class="seg" role="radiogroup" aria-label={props.label} onKeyDown={(event) => onArrow(event, props)}>
      {props.choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === props.value}
          aria-label={choice.label}
          title={choice.label}
          tabIndex={choice.value === props.value ? 0 : -1}
          onClick={() => props.onPick(choice.value)}
        >
          {choice.name}
        </button>
      ))}
    </div>
  );
}

/** Views of one list, each with its own address. */
export function Tabs<T extends string>(props: ChoiceProps<T> & { controls?: string }) {
  return (
    <div class="tabs" role="tablist" aria-label={props.label} onKeyDown={(event) => onArrow(event, props)}>
      {props.choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="tab"
          aria-selected={choice.value === props.value}
          aria-controls={props.controls}
          tabIndex={choice.value === props.value ? 0 : -1}
          onClick={() => props.onPick(choice.value)}
        >
          {choice.name}
        </button>
      ))}
    </div>
  );
}

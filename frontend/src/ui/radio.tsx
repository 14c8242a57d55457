import { useId } from "preact/hooks";

interface RadioProps<T extends string> {
  label: string;
  value: T;
  choices: readonly { value: T; name: string; text: string }[];
  disabled?: boolean;
  onPick: (value: T) => void;
}

/** One of several, each with a sentence that says what it means. */
export function Radio<T extends string>({ label, value, choices, disabled, onPick }: RadioProps<T>) {
  const name = useId();
  return (
    <fieldset class="radios" disabled={disabled}>
      <legend class="vh">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="radio">
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            aria-describedby={`${name}-${choice.value}`}
            onChange={() => onPick(choice.value)}
          />
          <span>
            <b>{choice.name}</b>
            <span id={`${name}-${choice.value}`} class="small faint">
              {choice.text}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

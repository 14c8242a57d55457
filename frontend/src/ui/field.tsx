import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface FormRowProps {
  label: string;
  hint?: ComponentChildren;
  /** One sentence; marks the field wrong. */
  fault?: string;
}

interface TextProps extends FormRowProps {
  value: string;
  onText: (text: string) => void;
  icon?: IconName;
  type?: "text" | "email" | "password" | "number";
  name?: string;
  autocomplete?: string;
  placeholder?: string;
  required?: boolean;
  disabled?: boolean;
  autofocus?: boolean;
  minLength?: number;
  maxLength?: number;
  onBlur?: () => void;
}

export function TextField({ label, hint, fault, value, onText, icon, type = "text", ...rest }: TextProps) {
  const id = useId();
  return (
    <div class="form-row">
      <label for={id}>{label}</label>
      <span class={fault ? "field wrong" : "field"}>
        {icon && <Icon name={icon} />}
        <input
          {...rest}
          type={type as "text"}
          id={id}
          value={value}
          aria-invalid={fault ? true : undefined}
          aria-describedby={hint || fault ? `${id}-more` : undefined}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </span>
      <RowMore id={id} hint={hint} fault={fault} />
    </div>
  );
}

interface Option {
  value: string;
  name: string;
}

interface Group {
  title: string;
  options: Option[];
}

type SelectProps = FormRowProps & {
  value: string;
  options: Option[];
  /** Behind the options; empty ones are left out. */
  groups?: Group[];
  onPick: (value: string) => void;
  disabled?: boolean;
};

export function SelectField({ label, hint, fault, ...select }: SelectProps) {
  const id = useId();
  return (
    <div class="form-row">
      <label for={id}>{label}</label>
      <Select {...select} id={id} />
      <RowMore id={id} hint={hint} fault={fault} />
    </div>
  );
}

type BareSelectProps = Omit<SelectProps, keyof FormRowProps> & {
  id?: string;
  label?: string;
};

export function Select({ id, label, value, options, groups = [], onPick, disabled }: BareSelectProps) {
  return (
    <span class="field">
      <select
        id={id}
        aria-label={label}
        value={value}
        disabled={disabled}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        <Options options={options} />
        {groups
          .filter((group) => group.options.length > 0)
          .map((group) => (
            <optgroup key={group.title} label={group.title}>
              <Options options={group.options} />
            </optgroup>
          ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

function Options({ options }: { options: Option[] }) {
  return (
    <>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </>
  );
}

function RowMore({ id, hint, fault }: { id: string; hint?: ComponentChildren; fault?: string }) {
  if (!hint && !fault) return null;
  return (
    <span id={`${id}-more`} class={fault ? "fault" : "hint"} role={fault ? "alert" : undefined}>
      {fault || hint}
    </span>
  );
}

interface SearchProps {
  value: string;
  onText: (text: string) => void;
  placeholder: string;
}

export function SearchField({ value, onText, placeholder }: SearchProps) {
  return (
    <span class="field find">
      <Icon name="search" />
      <input
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value) {
            event.stopPropagation();
            onText("");
          }
        }}
      />
    </span>
  );
}

interface CheckProps {
  checked: boolean;
  onCheck: (checked: boolean) => void;
  children: ComponentChildren;
  disabled?: boolean;
}

export function Check({ checked, onCheck, children, disabled }: CheckProps) {
  return (
    <label class="checkline">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

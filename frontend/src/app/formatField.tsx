import type { Format, Project } from "../api/types";
import { SelectField } from "../ui/field";

const FAMILIES: { family: Format["family"]; title: string }[] = [
  { family: "training", title: "Training" },
  { family: "tool", title: "Labelling tools" },
  { family: "plain", title: "Tables and folders" },
];

interface FormatFieldProps {
  formats: Format[];
  value: string;
  /** What stands first, for no format. */
  none?: string;
  /** In the place of the files that the chosen one is known by. */
  hint?: string;
  disabled?: boolean;
  onPick: (name: string) => void;
}

/** Formats by whose they are, the chosen one with the files that it is known by. */
export function FormatField({ formats, value, none, hint, disabled, onPick }: FormatFieldProps) {
  return (
    <SelectField
      label="Format"
      value={value}
      options={none ? [{ value: "", name: none }] : []}
      groups={FAMILIES.map(({ family, title }) => ({ title, options: optionsOf(formats, family) }))}
      hint={hint ?? formats.find((format) => format.name === value)?.known_by}
      disabled={disabled}
      onPick={onPick}
    />
  );
}

function optionsOf(formats: Format[], family: Format["family"]): { value: string; name: string }[] {
  return formats
    .filter((format) => format.family === family)
    .map((format) => ({ value: format.name, name: format.title }));
}

/** Those that carry what the project's images carry. */
export const formatsFor = (
  formats: Format[] | null,
  task: Project["task"],
  way: "reads" | "writes",
): Format[] => (formats ?? []).filter((format) => format[way] && format.tasks.includes(task));

import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Import, ImportReview } from "../../../api/types";
import { FormFault } from "../../../app/shell/gateShell";
import { Button } from "../../../ui/button";
import { SelectField, TextField } from "../../../ui/field";
import { useSubmit } from "../../../ui/form";
import { formOf, isChanged, type ReadingForm, requestOf } from "./readingForm";

const BOXES_ON = [
  { value: "auto", name: "Whichever fits the declared size" },
  { value: "shown", name: "The picture as it is shown" },
  { value: "stored", name: "The pixels as they are stored" },
] as const;

const FIRST_PIXEL = [
  { value: "0", name: "0, as most tools do" },
  { value: "1", name: "1, as Matlab does" },
] as const;

interface ReadingPanelProps {
  from: Import;
  formats: ImportReview["formats"];
  disabled: boolean;
  put: (one: Import) => void;
  /** Whether the form asks for another reading than the one that is shown. */
  onUnread: (isUnread: boolean) => void;
}

/** How the archive was read, and reading it otherwise. */
export function ReadingPanel({ from, formats, disabled, put, onUnread }: ReadingPanelProps) {
  const [form, setForm] = useState(() => formOf(from));
  const isUnread = isChanged(form, from);
  const change = (changes: Partial<ReadingForm>) => {
    const next = { ...form, ...changes };
    setForm(next);
    onUnread(isChanged(next, from));
  };
  const sending = useSubmit([], async () =>
    put(await api.post<Import>(`imports/${from.id}/read/`, requestOf(form, from))),
  );
  return (
    <section class="panel" aria-label="How it is read">
      <header>
        <h2>How it is read</h2>
      </header>
      <form class="body stack" onSubmit={sending.submit}>
        <SelectField
          label="Format"
          value={form.format}
          options={formats.map(({ name, title }) => ({ value: name, name: title }))}
          hint={from.format_reason}
          disabled={disabled}
          onPick={(format) => change({ format })}
        />
        <Options form={form} from={from} disabled={disabled} change={change} />
        <FormFault text={sending.general} />
        {isUnread && (
          <div class="row">
            <Button type="submit" busy={sending.busy}>
              Read again
            </Button>
            <Button look="quiet" onClick={() => change(formOf(from))}>
              Undo
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}

interface OptionsProps {
  form: ReadingForm;
  from: Import;
  disabled: boolean;
  change: (changes: Partial<ReadingForm>) => void;
}

function Options({ form, from, disabled, change }: OptionsProps) {
  const table = form.format === from.format ? Object.entries(form.table) : [];
  return (
    <details class="reading-options" open={table.length > 0}>
      <summary>Options</summary>
      <div class="stack">
        <SelectField
          label="Boxes of rotated pictures refer to"
          value={form.boxesOn}
          options={[...BOXES_ON]}
          disabled={disabled}
          onPick={(value) => change({ boxesOn: value as ReadingForm["boxesOn"] })}
        />
        <SelectField
          label="The first pixel is"
          value={form.firstPixel}
          options={[...FIRST_PIXEL]}
          disabled={disabled}
          onPick={(value) => change({ firstPixel: value as ReadingForm["firstPixel"] })}
        />
        {table.map(([name, value]) => (
          <TextField
            key={name}
            label={titleOf(name)}
            value={value}
            disabled={disabled}
            autocomplete="off"
            onText={(text) => change({ table: { ...form.table, [name]: text } })}
          />
        ))}
      </div>
    </details>
  );
}

/** "x_min_column" becomes "X min column". */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Import, ImportReview } from "../../../api/types";
import { FormatField } from "../../../app/formatField";
import { FormFault } from "../../../app/shell/gateShell";
import { Button } from "../../../ui/button";
import { SelectField, TextField } from "../../../ui/field";
import { useSubmit } from "../../../ui/form";
import { formOf, isChanged, type ReadingForm, requestOf } from "./readingForm";
import { COLUMNS, isTable, LISTED } from "./tableChoices";

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
        <FormatField
          formats={formats}
          value={form.format}
          hint={form.format === from.format ? from.format_reason : undefined}
          disabled={disabled}
          onPick={(format) => change({ format })}
        />
        <Assumed from={from} />
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

/** What a format assumed that can't be chosen otherwise. */
function Assumed({ from }: { from: Import }) {
  const texts = isTable(from.read_as) ? [] : Object.entries(from.read_as);
  return (
    <>
      {texts.map(([name, value]) => (
        <p key={name} class="small faint anywhere">
          {name.charAt(0).toUpperCase() + name.slice(1)}: {value}
        </p>
      ))}
    </>
  );
}

interface OptionsProps {
  form: ReadingForm;
  from: Import;
  disabled: boolean;
  change: (changes: Partial<ReadingForm>) => void;
}

function Options({ form, from, disabled, change }: OptionsProps) {
  return (
    <details class="reading-options" open={isTable(from.read_as)}>
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
        {isTable(from.read_as) && form.format === from.format && (
          <TableOptions form={form} disabled={disabled} change={change} />
        )}
      </div>
    </details>
  );
}

function TableOptions({ form, disabled, change }: Omit<OptionsProps, "from">) {
  const put = (key: string, value: string) => change({ table: { ...form.table, [key]: value } });
  return (
    <>
      {LISTED.filter(({ key }) => form.table[key]).map(({ key, title, options }) => (
        <SelectField
          key={key}
          label={title}
          value={form.table[key] ?? ""}
          options={options}
          disabled={disabled}
          onPick={(value) => put(key, value)}
        />
      ))}
      <fieldset class="table-columns" disabled={disabled}>
        <legend>Columns, by name or by number from 1</legend>
        {COLUMNS.map(({ key, title }) => (
          <TextField
            key={key}
            label={title}
            value={form.table[key] ?? ""}
            placeholder="none"
            autocomplete="off"
            onText={(text) => put(key, text)}
          />
        ))}
      </fieldset>
    </>
  );
}

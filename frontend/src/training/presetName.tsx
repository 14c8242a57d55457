import { useState } from "preact/hooks";
import type { Preset } from "../api/types";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { useSubmit } from "../ui/form";

const LONGEST = 60; // as the server has it

interface PresetNameProps {
  /** The one that gets another name; else a new one is saved. */
  before: Preset | undefined;
  run: (name: string) => Promise<Preset>;
  done: (preset: Preset) => void;
  close: () => void;
}

export function PresetName({ before, run, done, close }: PresetNameProps) {
  const [name, setName] = useState(before?.name ?? "");
  const form = useSubmit(["name"], async () => done(await run(name)));
  return (
    <form class="preset" onSubmit={form.submit}>
      <TextField
        label={before ? `New name of ${before.name}` : "Name of the preset"}
        value={name}
        maxLength={LONGEST}
        fault={form.fault("name") ?? form.general}
        onText={setName}
        required
        autofocus
      />
      <Button type="submit" look="primary" busy={form.busy} disabled={!name.trim()}>
        {before ? "Rename" : "Save"}
      </Button>
      <Button look="quiet" onClick={close}>
        Cancel
      </Button>
    </form>
  );
}

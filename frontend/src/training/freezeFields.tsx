import { SelectField, TextField } from "../ui/field";
import { FREEZE_KINDS, type FreezeKind, freezeParts, freezeText } from "./freeze";

interface FreezeFieldsProps {
  freeze: string;
  fault?: string;
  onFreeze: (freeze: string) => void;
}

/** Which parameters do not learn: a kind, and what it asks for. */
export function FreezeFields({ freeze, fault, onFreeze }: FreezeFieldsProps) {
  const { kind, value } = freezeParts(freeze);
  const { asks, example } = FREEZE_KINDS[kind];
  return (
    <div class="form-pair even stacked">
      <SelectField
        label="Freeze"
        value={kind}
        options={Object.entries(FREEZE_KINDS).map(([one, { name }]) => ({ value: one, name }))}
        onPick={(picked) => onFreeze(freezeText({ kind: picked as FreezeKind, value: "" }))}
      />
      {asks && (
        <TextField
          label={asks}
          value={value}
          placeholder={example}
          fault={fault}
          onText={(text) => onFreeze(freezeText({ kind, value: text }))}
        />
      )}
    </div>
  );
}

import { SelectField, TextField } from "../ui/field";
import { FASTER, FREEZE_KINDS, type FreezeKind, freezeParts, freezeText } from "./freeze";

interface Learning {
  readonly freeze: string;
  readonly learningRate: string;
}

interface FreezeFieldsProps extends Learning {
  /** The model's own. */
  usualRate: number;
  fault?: string;
  onLearning: (learning: Partial<Learning>) => void;
}

/** What learns, and at which rate: a kind, and what it asks for. */
export function FreezeFields({ freeze, learningRate, usualRate, fault, onLearning }: FreezeFieldsProps) {
  const { kind, value } = freezeParts(freeze);
  const { asks, example } = FREEZE_KINDS[kind];
  const faster = String(FASTER * usualRate);
  const isFaster = kind === "none" && learningRate === faster;
  const kinds = Object.entries(FREEZE_KINDS).map(([one, { name }]) => ({ value: one, name }));
  const pick = (picked: string) => {
    if (picked === "faster") return onLearning({ freeze: "none", learningRate: faster });
    const rate = isFaster ? { learningRate: String(usualRate) } : {};
    onLearning({ freeze: freezeText({ kind: picked as FreezeKind, value: "" }), ...rate });
  };
  return (
    <div class={asks ? "form-pair even stacked" : "form-pair whole"}>
      <SelectField
        label="What learns"
        value={isFaster ? "faster" : kind}
        options={[
          ...kinds.slice(0, 4),
          { value: "faster", name: "Trunk and heads, at twice the rate" },
          ...kinds.slice(4),
        ]}
        onPick={pick}
      />
      {asks && (
        <TextField
          label={asks}
          value={value}
          placeholder={example}
          fault={fault}
          onText={(text) => onLearning({ freeze: freezeText({ kind, value: text }) })}
        />
      )}
    </div>
  );
}

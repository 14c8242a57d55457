import type { ComponentChildren } from "preact";
import type { Model } from "../api/types";
import { SelectField, TextField } from "../ui/field";
import { type ExpertSetting, type ExpertTexts, settingsOf, usualText } from "./expertSettings";

interface ExpertFieldsProps {
  model: Model | undefined;
  texts: ExpertTexts;
  onTexts: (texts: ExpertTexts) => void;
  /** Above the fields. */
  children: ComponentChildren;
}

/** The settings that few people change; empty: as the model has it. */
export function ExpertFields({ model, texts, onTexts, children }: ExpertFieldsProps) {
  const defaults: Readonly<Record<string, unknown>> = model?.default_config ?? {};
  return (
    <details class="more">
      <summary>Expert settings</summary>
      {children}
      <div class="form-pair thirds">
        {settingsOf(model?.task).map((setting) => (
          <ExpertField
            key={setting.key}
            setting={setting}
            value={texts[setting.key] ?? ""}
            usual={usualText(setting, defaults)}
            onText={(text) => onTexts({ ...texts, [setting.key]: text })}
          />
        ))}
      </div>
    </details>
  );
}

interface ExpertFieldProps {
  setting: ExpertSetting;
  value: string;
  usual: string;
  onText: (text: string) => void;
}

function ExpertField({ setting, value, usual, onText }: ExpertFieldProps) {
  const { name, choices } = setting;
  if (!choices) return <TextField label={name} value={value} placeholder={usual} onText={onText} />;
  const options = [
    { value: "", name: `Usual: ${usual}` },
    ...choices.map((one) => ({ value: one, name: one })),
  ];
  return <SelectField label={name} value={value} options={options} onPick={onText} />;
}

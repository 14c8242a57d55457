import { useProject } from "../app/project";
import { SelectField, TextField } from "../ui/field";
import { counted } from "../ui/figures";
import { BaseField } from "./baseField";
import { ExpertFields } from "./expertFields";
import { FreezeFields } from "./freezeFields";
import { ModelField } from "./modelField";
import { PresetFields } from "./presetFields";
import { formErrors, formFor, type TrainForm } from "./trainForm";
import type { TrainChoice } from "./useTrainChoice";

interface TrainFieldsProps {
  choice: TrainChoice;
  form: TrainForm;
}

export function TrainFields({ choice, form }: TrainFieldsProps) {
  const { models, bases, snapshots, change: onForm } = choice;
  const { counts } = useProject();
  const model = models.find((one) => one.name === form.model);
  const errors = formErrors(form);
  const { labelled, review, done } = counts.value;
  const change = (values: Partial<TrainForm>) => onForm({ ...form, ...values });
  return (
    <>
      <SelectField
        label="Snapshot"
        value={choice.snapshot}
        hint={choice.snapshot === "now" ? "They become a new snapshot." : undefined}
        options={[
          {
            value: "now",
            name: `Now: ${counted(labelled + review + done, "labelled image")}`,
          },
          ...snapshots.map((one) => ({
            value: String(one.id),
            name: `v${one.number}: ${counted(one.labelled_count, "labelled image")}`,
          })),
        ]}
        onPick={choice.pickSnapshot}
      />
      <ModelField
        form={form}
        models={models}
        onModel={(next) => onForm(formFor(next))}
        onLicence={(acceptLicence) => change({ acceptLicence })}
      />
      <div class="form-pair stacked">
        <BaseField
          base={form.base}
          model={model}
          bases={bases}
          files={choice.files}
          onBase={(base) => change({ base })}
        />
        <TextField
          label="Epochs"
          type="number"
          value={form.epochs}
          fault={errors.epochs}
          onText={(epochs) => change({ epochs })}
        />
      </div>
      <details class="more">
        <summary>More settings</summary>
        <div class="form-pair even">
          <TextField
            label="Batch size"
            type="number"
            value={form.batchSize}
            fault={errors.batchSize}
            onText={(batchSize) => change({ batchSize })}
          />
          <TextField
            label="Learning rate"
            value={form.learningRate}
            fault={errors.learningRate}
            onText={(learningRate) => change({ learningRate })}
          />
        </div>
        {form.base !== "none" && (
          <FreezeFields
            freeze={form.freeze}
            learningRate={form.learningRate}
            usualRate={Number(model?.default_config.learning_rate)}
            fault={errors.freeze}
            onLearning={change}
          />
        )}
      </details>
      <ExpertFields model={model} texts={form.expert} onTexts={(expert) => change({ expert })}>
        {model && <PresetFields form={form} model={model} models={models} onForm={onForm} />}
      </ExpertFields>
    </>
  );
}

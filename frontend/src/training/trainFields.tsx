import type { Base, Model } from "../api/types";
import { useProject } from "../app/project";
import { runFigure } from "../app/shell/runFigure";
import { SelectField, TextField } from "../ui/field";
import { counted } from "../ui/figures";
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
  const { project, counts } = useProject();
  const model = models.find((one) => one.name === form.model);
  const errors = formErrors(form);
  const { labelled, review, done } = counts.value;
  const change = (values: Partial<TrainForm>) => onForm({ ...form, ...values });
  return (
    <>
      <SelectField
        label="Snapshot"
        value={choice.snapshot}
        options={[
          {
            value: "now",
            name: `Now: ${counted(labelled + review + done, "labelled image")}, as a new snapshot`,
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
        <SelectField
          label="Start from"
          value={form.base}
          hint={baseHint(form.base, model)}
          {...baseChoices(form.model, bases, project.value.id)}
          onPick={(base) => change({ base })}
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
            fault={errors.freeze}
            onFreeze={(freeze) => change({ freeze })}
          />
        )}
      </details>
      <ExpertFields model={model} texts={form.expert} onTexts={(expert) => change({ expert })}>
        {model && <PresetFields form={form} model={model} models={models} onForm={onForm} />}
      </ExpertFields>
    </>
  );
}

/** Runs of this project among the options, those of others behind them. */
function baseChoices(model: string, bases: readonly Base[], project: number) {
  const fitting = bases.filter((base) => base.model === model);
  return {
    options: [
      { value: "catalogue", name: "Catalogue weights" },
      ...fitting.filter((base) => base.project.id === project).map((base) => baseOption(base, "")),
      { value: "none", name: "Random weights" },
    ],
    groups: [
      {
        title: "Other projects",
        options: fitting
          .filter((base) => base.project.id !== project)
          .map((base) => baseOption(base, ` of ${base.project.name}`)),
      },
    ],
  };
}

function baseOption(base: Base, where: string): { value: string; name: string } {
  const figure = runFigure(base);
  const told = figure ? `, ${figure.name} ${figure.value}` : "";
  return { value: `run:${base.id}`, name: `Run ${base.number}${where}${told}` };
}

function baseHint(base: string, model: Model | undefined): string | undefined {
  if (base === "none") return "Needs far more images and epochs.";
  if (base === "catalogue" && model && !model.weights_available)
    return "They are downloaded when the run starts.";
  return undefined;
}

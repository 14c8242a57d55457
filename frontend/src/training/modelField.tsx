import { useState } from "preact/hooks";
import type { Model } from "../api/types";
import { Check, SelectField } from "../ui/field";
import { TimmSearch } from "./timmSearch";
import { needsWord, type TrainForm } from "./trainForm";
import { offerModel } from "./useModels";

const OTHER = "?"; // no model is called so

interface ModelFieldProps {
  form: TrainForm;
  models: readonly Model[];
  onModel: (model: Model) => void;
  onLicence: (accepts: boolean) => void;
}

const hintOf = (model: Model, isSearching: boolean): string =>
  isSearching ? `${model.title} stays until you pick another.` : `${model.summary}. ${model.licence}.`;

/** One of the catalogue's, or any other classifier; and a tick where its licence wants one. */
export function ModelField({ form, models, onModel, onLicence }: ModelFieldProps) {
  const [isSearching, setSearching] = useState(false);
  const model = models.find((one) => one.name === form.model);
  const offersOthers = models[0]?.task === "classification";
  const take = (next: Model) => {
    setSearching(false);
    onModel(next);
  };
  return (
    <>
      <SelectField
        label="Model"
        value={isSearching ? OTHER : form.model}
        hint={model && hintOf(model, isSearching)}
        options={[
          ...models.map((one) => ({ value: one.name, name: one.title })),
          ...(offersOthers ? [{ value: OTHER, name: "Other: any classifier of timm" }] : []),
        ]}
        onPick={(name) => {
          const next = models.find((one) => one.name === name);
          if (next) take(next);
          else setSearching(true);
        }}
      />
      {isSearching && (
        <TimmSearch
          onPick={(found) => {
            offerModel(found);
            take(found);
          }}
        />
      )}
      {model && !isSearching && needsWord(form, model) && (
        <Check checked={form.acceptLicence} onCheck={onLicence}>
          I know that these weights, and what learns from them, may not be used commercially
        </Check>
      )}
    </>
  );
}

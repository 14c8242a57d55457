import { useState } from "preact/hooks";
import type { Model, Preset } from "../api/types";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { SelectField } from "../ui/field";
import { Icon } from "../ui/icons";
import { Menu, MenuItem } from "../ui/menu";
import { PresetName } from "./presetName";
import { formWith, isSame, presetChoices, presetText } from "./presets";
import { formErrors, formFor, type TrainForm } from "./trainForm";
import { usePresets } from "./usePresets";

interface PresetFieldsProps {
  form: TrainForm;
  model: Model;
  models: readonly Model[];
  onForm: (form: TrainForm) => void;
}

type Doing = "" | "saving" | "renaming" | "deleting";

/** The team's named settings: choose one, keep the form's as one, rename, delete. */
export function PresetFields({ form, model, models, onForm }: PresetFieldsProps) {
  const presets = usePresets();
  const [picked, setPicked] = useState("");
  const [doing, setDoing] = useState<Doing>("");
  const preset = presets.list?.find((one) => String(one.id) === picked && one.model === form.model);
  const asPicked = preset ? formWith(preset, model, form.base) : formFor(model, form.base);
  const isChanged = !preset?.fault && !isSame(form, asPicked);
  const { own, others } = presetChoices(presets.list ?? [], models, form.model);
  const pick = (value: string) => {
    const next = presets.list?.find((one) => String(one.id) === value);
    const of = next ? models.find((one) => one.name === next.model) : model;
    setPicked(value);
    if (!of || next?.fault) return;
    const base = of.name === form.model ? form.base : "catalogue";
    onForm(next ? formWith(next, of, base) : formFor(of, base));
  };
  const done = (saved: Preset) => {
    setPicked(String(saved.id));
    setDoing("");
  };
  if (doing === "saving" || (doing === "renaming" && preset))
    return (
      <PresetName
        before={doing === "renaming" ? preset : undefined}
        run={(name) =>
          doing === "renaming" && preset ? presets.rename(preset, name) : presets.save(name, form)
        }
        done={done}
        close={() => setDoing("")}
      />
    );
  return (
    <div class="preset" data-testid="presets">
      <SelectField
        label="Preset"
        value={preset ? picked : ""}
        hint={preset && `${presetText(preset, model)}${isChanged ? "; changed since" : ""}`}
        fault={preset?.fault || undefined}
        options={[{ value: "", name: "The model's defaults" }, ...own]}
        groups={[{ title: "Other models", options: others }]}
        onPick={pick}
      />
      {preset && (
        <Menu trigger={<Icon name="dots" />} label="Change the preset" look="btn quiet icon" align="right">
          <MenuItem onClick={() => setDoing("renaming")}>Rename</MenuItem>
          <MenuItem danger onClick={() => setDoing("deleting")}>
            Delete
          </MenuItem>
        </Menu>
      )}
      {isChanged && (
        <Button
          size="sm"
          disabled={Object.keys(formErrors(form)).length > 0}
          onClick={() => setDoing("saving")}
        >
          Save as preset
        </Button>
      )}
      {doing === "deleting" && preset && (
        <Confirm deed={`Delete ${preset.name}`} close={() => setDoing("")} run={() => presets.remove(preset)}>
          The whole team loses this preset. Runs that were started with it keep their settings.
        </Confirm>
      )}
    </div>
  );
}

import type { Base, BaseFile, Model } from "../../../api/types";
import { baseOf } from "../../../training/bases";
import { IconButton } from "../../../ui/button";
import { Check, Select, TextField } from "../../../ui/field";
import { AXES, axisName, valueText } from "./axes";
import { type AxisLine, freeAxes, toggled, wordsOf } from "./sweepForm";

interface AxisFieldsProps {
  lines: readonly AxisLine[];
  models: readonly Model[];
  bases: readonly Base[];
  files: readonly BaseFile[];
  onLines: (lines: AxisLine[]) => void;
}

/** The settings that are compared, each with its values. */
export function AxisFields({ lines, models, bases, files, onLines }: AxisFieldsProps) {
  const put = (index: number, line: AxisLine) => onLines(lines.map((one, at) => (at === index ? line : one)));
  const free = freeAxes(lines);
  return (
    <fieldset class="axes">
      <legend>Compare</legend>
      {lines.map((line, index) => (
        <div class="axis" key={line.key}>
          <AxisValues
            line={line}
            models={models}
            bases={bases}
            files={files}
            onLine={(next) => put(index, next)}
          />
          <IconButton
            icon="x"
            label={`Do not compare ${axisName(line.key).toLowerCase()}`}
            onClick={() => onLines(lines.filter((one) => one !== line))}
          />
        </div>
      ))}
      {free.length > 0 && (
        <Select
          label="Compare another setting"
          value=""
          options={[
            { value: "", name: lines.length > 0 ? "Add a setting" : "Choose a setting" },
            ...free.map((key) => ({ value: key, name: axisName(key) })),
          ]}
          onPick={(key) => key && onLines([...lines, { key, words: "" }])}
        />
      )}
    </fieldset>
  );
}

interface AxisValuesProps {
  line: AxisLine;
  models: readonly Model[];
  bases: readonly Base[];
  files: readonly BaseFile[];
  onLine: (line: AxisLine) => void;
}

function AxisValues({ line, models, bases, files, onLine }: AxisValuesProps) {
  const { name, example } = AXES[line.key] ?? { name: line.key };
  if (example) {
    return (
      <TextField
        label={name}
        value={line.words}
        placeholder={example}
        hint="Values with spaces between them."
        onText={(words) => onLine({ ...line, words })}
      />
    );
  }
  const chosen = wordsOf(line);
  return (
    <fieldset class="form-row">
      <legend class="label">{name}</legend>
      {choicesOf(line.key, models, bases, files).map((word) => (
        <Check key={word} checked={chosen.includes(word)} onCheck={() => onLine(toggled(line, word))}>
          {valueText(line.key, word, { models, bases, files })}
        </Check>
      ))}
    </fieldset>
  );
}

function choicesOf(
  key: string,
  models: readonly Model[],
  bases: readonly Base[],
  files: readonly BaseFile[],
): string[] {
  if (key === "model") return models.map((model) => model.name);
  if (key === "base")
    return ["catalogue", "none", ...bases.map((base) => `run:${base.id}`), ...files.map(baseOf)];
  return ["sgd", "adamw"];
}

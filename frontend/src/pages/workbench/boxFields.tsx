/** The selected box in figures: exact, and without any dragging. */
import { FLAGS, type Flag, flagsOf } from "../../annotator/core/annotation";
import type { Box } from "../../annotator/core/geometry";
import type { WorkbenchState } from "./workbenchState";

type Field = "x" | "y" | "width" | "height";

const FIELDS: readonly { field: Field; short: string; name: string }[] = [
  { field: "x", short: "X", name: "Left edge, pixels" },
  { field: "y", short: "Y", name: "Top edge, pixels" },
  { field: "width", short: "W", name: "Width, pixels" },
  { field: "height", short: "H", name: "Height, pixels" },
];

const FLAG_MEANS: Record<Flag, string> = {
  difficult: "Hard to recognise",
  truncated: "Reaches beyond the picture",
  occluded: "Partly hidden",
};
const FLAG_KEYS: Record<Flag, string> = { difficult: "F", truncated: "T", occluded: "O" };

function figureOf(box: Box, field: Field): number {
  if (field === "x") return box.x_min;
  if (field === "y") return box.y_min;
  return field === "width" ? box.x_max - box.x_min : box.y_max - box.y_min;
}

function withValue(box: Box, field: Field, value: number): Box {
  const { x_min, y_min, x_max, y_max } = box;
  if (field === "x") return { ...box, x_min: value, x_max: value + x_max - x_min };
  if (field === "y") return { ...box, y_min: value, y_max: value + y_max - y_min };
  return field === "width" ? { ...box, x_max: x_min + value } : { ...box, y_max: y_min + value };
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function BoxFields({ workbench }: { workbench: WorkbenchState }) {
  const target = workbench.target.value;
  if (!target) return null;
  const change = (field: Field, text: string): void => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) return;
    workbench.command({ name: "reshape", id: target.id, box: withValue(target.box, field, value) });
  };
  return (
    <fieldset class="box-fields" data-testid="box-fields" disabled={!workbench.editable}>
      <legend class="vh">Selected box</legend>
      {FIELDS.map(({ field, short, name }) => (
        <label key={field} title={name}>
          <span aria-hidden="true">{short}</span>
          <input
            key={`${target.id} ${figureOf(target.box, field)}`}
            type="number"
            step="1"
            aria-label={name}
            data-testid={`box-${field}`}
            value={shown(figureOf(target.box, field))}
            onChange={(event) => change(field, event.currentTarget.value)}
          />
        </label>
      ))}
      <div class="flags" role="group" aria-label="Flags">
        {FLAGS.map((flag) => (
          <button
            key={flag}
            type="button"
            class="flag"
            aria-pressed={flagsOf(target).includes(flag)}
            title={`${FLAG_MEANS[flag]} (${FLAG_KEYS[flag]})`}
            data-testid={`flag-${flag}`}
            onClick={() => workbench.command({ name: "flag", flag })}
          >
            {flag}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

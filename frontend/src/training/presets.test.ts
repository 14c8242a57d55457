import { describe, expect, it } from "vitest";
import type { Preset } from "../api/types";
import { formWith, isSame, presetChoices, presetText } from "./presets";
import { formFor, requestOf } from "./trainForm";

const model = {
  name: "ssdlite",
  title: "SSDlite",
  task: "detection" as const,
  default_config: { epochs: 8, batch_size: 16, learning_rate: 0.015, freeze: "none", momentum: 0.9 },
};
const yolo = { name: "yolo", title: "Tiny YOLO" };

function preset(id: number, name: string, of = "ssdlite", config: Preset["config"] = {}): Preset {
  return { id, name, model: of, config, fault: "", created_by: null, created_at: "2026-11-22T12:00:00Z" };
}

describe("presets", () => {
  it("are offered by name, those of other models of the task behind", () => {
    const presets = [
      preset(1, "Slow"),
      preset(2, "Fast"),
      preset(3, "Tiny", "yolo"),
      preset(4, "Dogs", "resnet18"),
    ];
    expect(presetChoices(presets, [model, yolo], "ssdlite")).toEqual({
      own: [
        { value: "2", name: "Fast" },
        { value: "1", name: "Slow" },
      ],
      others: [{ value: "3", name: "Tiny, Tiny YOLO" }],
    });
  });

  it("fill the form with what they have, and with the model's defaults", () => {
    const slow = preset(1, "Slow", "ssdlite", { epochs: 50, momentum: 0.95, image_size: 416 });
    const form = formWith(slow, model, "run:7");
    expect(requestOf(form)).toEqual({
      model: "ssdlite",
      base: "run:7",
      config: {
        epochs: 50,
        batch_size: 16,
        learning_rate: 0.015,
        freeze: "none",
        momentum: 0.95,
        image_size: 416,
      },
    });
    expect(presetText(slow, model)).toBe("epochs 50 (8), momentum 0.95 (0.9), image_size 416 (none)");
  });

  it("are told from what was changed since", () => {
    const form = formWith(preset(1, "Slow", "ssdlite", { momentum: 0.95 }), model, "catalogue");
    expect(isSame(form, { ...form, base: "none" })).toBe(true);
    expect(isSame(form, { ...form, expert: { patience: " ", momentum: "0.95" } })).toBe(true);
    expect(isSame(form, { ...form, epochs: "9" })).toBe(false);
    expect(isSame(form, formFor(model))).toBe(false);
  });
});

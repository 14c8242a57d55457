import { describe, expect, it } from "vitest";
import { differences, expertConfig, settingsOf, trainCommand, usualText } from "./expertSettings";

describe("expert settings", () => {
  it("are those of the task", () => {
    const [detection, classification] = [settingsOf("detection"), settingsOf("classification")];
    expect(detection.filter((one) => !classification.includes(one)).map(({ key }) => key)).toEqual([
      "mosaic_chance",
      "tiles",
      "score_threshold",
      "nms_threshold",
    ]);
  });

  it("sends what was filled in", () => {
    const texts = { momentum: "0.8", patience: "", schedule: "step", seed: "x" };
    expect(expertConfig(texts)).toEqual({ momentum: 0.8, schedule: "step", seed: "x" });
  });

  it("tells what is not as the model has it", () => {
    const config = { model: "a", base: "none", epochs: 12, fine_anchors: [], weight_decay: 0.1 };
    const defaults = { model: "a", base: "catalogue", epochs: 8, fine_anchors: [], weight_decay: null };
    expect(differences(config, defaults)).toEqual(["epochs 12 (8)", "weight_decay 0.1 (none)"]);
  });

  it("says in words what no value means", () => {
    const setting = { key: "patience", name: "Patience, epochs", otherwise: "no end" };
    expect(usualText(setting, { patience: 0 })).toBe("no end");
    expect(usualText(setting, { patience: null })).toBe("no end");
    expect(usualText(setting, { patience: 3 })).toBe("3");
    expect(usualText({ key: "seed", name: "Seed" }, { seed: 0 })).toBe("0");
  });

  it("makes a command that a shell takes", () => {
    expect(trainCommand({ freeze: "match:'a" })).toBe(
      `python -m training.engine train FOLDER --config '{"freeze":"match:'\\''a"}'`,
    );
    expect(trainCommand({}, "it's mine.pth")).toBe(
      `python -m training.engine train FOLDER --base 'it'\\''s mine.pth' --config '{}'`,
    );
  });
});

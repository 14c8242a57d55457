import { describe, expect, it } from "vitest";
import { rowNote, settingText, valueText } from "./axes";

const names = {
  models: [{ name: "ssd", title: "SSD" }],
  bases: [{ id: 7, number: 2 }],
  files: [{ id: 7, name: "mine.pth", sha256: "9f2c41d7b08e" }],
};

describe("a setting in words", () => {
  it("names models and runs", () => {
    const setting = { model: "ssd", base: "run:7", freeze: "trunk", epochs: 8 };
    expect(settingText(setting, ["model", "base", "freeze", "epochs"], names)).toBe(
      "SSD, Run 2, Freeze trunk, Epochs 8",
    );
    expect(valueText("base", "catalogue", names)).toBe("Catalogue weights");
    expect(valueText("base", "run:9", names)).toBe("An earlier run");
    expect(valueText("base", "file:7", names)).toBe("mine.pth (9f2c·41d7·b08e)");
    expect(valueText("base", "file:9", names)).toBe("A deleted file");
  });

  it("says why a run ended early", () => {
    expect(rowNote({ status: "canceled", hopeless_at: 3, error: null })).toContain("after epoch 3");
    expect(
      rowNote({ status: "failed", hopeless_at: null, error: { code: "x", detail: "It broke.\nmore" } }),
    ).toBe("It broke.");
    expect(rowNote({ status: "canceled", hopeless_at: null, error: null })).toBe("");
  });
});

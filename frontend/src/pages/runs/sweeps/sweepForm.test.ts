import { describe, expect, it } from "vitest";
import { axesFault, axesOf, freeAxes, runCount, toggled } from "./sweepForm";

const line = (key: string, words: string) => ({ key, words });

describe("the axes as they are typed", () => {
  it("are figures and words", () => {
    const lines = [line("learning_rate", "0.01, 0.03 0.01"), line("freeze", "none match:(a|b) blocks:a,b")];
    expect(axesOf(lines)).toEqual({
      learning_rate: [0.01, 0.03],
      freeze: ["none", "match:(a|b)", "blocks:a,b"],
    });
    expect(runCount(lines)).toBe(6);
    expect(axesOf([line("epochs", "4 x")])).toEqual({ epochs: [4, "x"] });
  });

  it("say what has to change", () => {
    expect(axesFault([])).toContain("two values");
    expect(axesFault([line("epochs", "4")])).toContain("two values");
    expect(axesFault([line("epochs", "4 8"), line("seed", " ")])).toContain("each setting");
    expect(axesFault([line("seed", Array.from({ length: 61 }, (_, index) => index).join(" "))])).toContain(
      "61 runs",
    );
    expect(axesFault([line("epochs", "4 8")])).toBe("");
  });

  it("take a choice in and out", () => {
    const both = toggled(line("optimizer", "sgd"), "adamw");
    expect(both.words).toBe("sgd adamw");
    expect(toggled(both, "sgd").words).toBe("adamw");
  });

  it("are offered once each, epochs or iterations", () => {
    const free = freeAxes([line("epochs", ""), line("seed", "")]);
    expect(free).not.toContain("epochs");
    expect(free).not.toContain("iterations");
    expect(free).not.toContain("seed");
    expect(free).toContain("freeze");
  });
});

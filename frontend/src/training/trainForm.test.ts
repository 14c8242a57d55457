import { describe, expect, it } from "vitest";
import { UPLOAD } from "./bases";
import { formErrors, formFor, modelsFor, needsWord, requestOf, type TrainableModel } from "./trainForm";

const ssd: TrainableModel = {
  name: "ssdlite320_mobilenet_v3_large",
  task: "detection",
  default_config: { epochs: 8, batch_size: 16, learning_rate: 0.01, freeze: "auto" },
};
const mobile: TrainableModel = {
  name: "mobilenet_v2",
  task: "classification",
  default_config: { epochs: 5 },
};

describe("the train dialog", () => {
  it("offers the models of the project's task only", () => {
    expect(modelsFor([ssd, mobile], "classification")).toEqual([mobile]);
  });

  it("opens with the model's defaults and sends them as numbers", () => {
    expect(requestOf(formFor(ssd, "run:7"))).toEqual({
      model: ssd.name,
      base: "run:7",
      config: { epochs: 8, batch_size: 16, learning_rate: 0.01, freeze: "auto" },
    });
  });

  it("asks for a word where weights may not serve commerce, and sends it", () => {
    const form = formFor(mobile);
    expect(needsWord(form, { forbids_commerce: true })).toBe(true);
    expect(needsWord({ ...form, base: "none" }, { forbids_commerce: true })).toBe(false);
    expect(needsWord(form, { forbids_commerce: false })).toBe(false);
    expect(requestOf({ ...form, acceptLicence: true }).accept_licence).toBe(true);
  });

  it("says what can't be sent", () => {
    const form = { ...formFor(ssd), epochs: "0", batchSize: "1.5", learningRate: "" };
    expect(Object.keys(formErrors(form))).toEqual(["epochs", "batchSize", "learningRate"]);
    expect(formErrors(formFor(ssd, UPLOAD))).toEqual({ base: "Choose a file." });
    expect(formErrors(formFor(ssd))).toEqual({});
  });
});

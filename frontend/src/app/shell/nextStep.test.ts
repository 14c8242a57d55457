import { describe, expect, it } from "vitest";
import type { Counts, Run, Status } from "../../api/types";
import { nextStep } from "./nextStep";

const NONE: Counts = {
  images: 0,
  unlabelled: 0,
  labelled: 0,
  review: 0,
  done: 0,
  skipped: 0,
  annotations: 0,
};
const LABELLED: Counts = { ...NONE, images: 40, labelled: 40 };

function run(status: Status, labelled = 40): Run {
  return {
    number: 3,
    status,
    snapshot: { id: 1, number: 4, image_count: 40, labelled_count: labelled },
  } as Run;
}

describe("the one next step", () => {
  it("starts with images", () => {
    expect(nextStep(NONE, null, "owner")?.text).toBe("Upload images");
  });

  it("then labels what is unlabelled, also while a run works", () => {
    const counts = { ...LABELLED, images: 41, unlabelled: 1 };
    expect(nextStep(counts, null, "annotator")?.text).toBe("Label 1 image");
    expect(nextStep(counts, run("running"), "manager")?.text).toBe("Label 1 image");
  });

  it("then trains, for those who may", () => {
    expect(nextStep(LABELLED, null, "manager")?.text).toBe("Train");
    expect(nextStep(LABELLED, null, "annotator")).toBeNull();
  });

  it("watches a run, then downloads what it gave", () => {
    expect(nextStep(LABELLED, run("running"), "manager")?.text).toBe("Watch run 3");
    expect(nextStep(LABELLED, run("succeeded"), "manager")).toEqual({ text: "Download", to: "runs/3" });
  });

  it("retrains when there is more than the run has seen", () => {
    expect(nextStep(LABELLED, run("succeeded", 28), "manager")?.text).toBe("Retrain: 12 more since v4");
    expect(nextStep(LABELLED, run("failed"), "manager")?.text).toBe("Retrain");
  });

  it("shows a viewer the newest run, and no deed", () => {
    expect(nextStep(LABELLED, run("succeeded"), "viewer")?.text).toBe("Open run 3");
    expect(nextStep(LABELLED, null, "viewer")).toBeNull();
  });
});

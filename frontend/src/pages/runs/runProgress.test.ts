import { describe, expect, it } from "vitest";
import { isLive, phaseText, secondsLeft, shareDone } from "./runProgress";

const run = {
  status: "running",
  waiting_for: "",
  phase: "training",
  epoch: 3,
  epochs: 4,
  step: 5,
  steps: 10,
};

describe("progress", () => {
  it("counts whole epochs and the steps of this one", () => {
    expect(shareDone(run)).toBe(0.625);
    expect(shareDone({ ...run, epoch: 0, step: 0 })).toBe(0);
    expect(shareDone({ ...run, steps: 0 })).toBe(0.5);
  });

  it("counts an epoch as done while it is evaluated", () => {
    expect(shareDone({ ...run, phase: "evaluating", step: 10 })).toBe(0.75);
    expect(shareDone({ ...run, phase: "evaluating", epoch: 4 })).toBe(1);
    expect(shareDone({ ...run, status: "succeeded", phase: "" })).toBe(1);
  });
});

describe("time left", () => {
  it("goes on counting between two messages and never below zero", () => {
    expect(secondsLeft(30, 1_000, 11_000)).toBe(20);
    expect(secondsLeft(5, 0, 60_000)).toBe(0);
    expect(secondsLeft(30, 5_000, 1_000)).toBe(30);
    expect(secondsLeft(null, 0, 0)).toBeNull();
  });
});

describe("a status", () => {
  it("says what may be done", () => {
    expect(["queued", "running", "succeeded", "failed", "canceled"].map(isLive)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("is told in words", () => {
    expect(phaseText({ ...run, status: "queued", phase: "" })).toBe("Waiting for a worker");
    const away = { ...run, status: "queued", waiting_for: "The object store does not answer." };
    expect(phaseText(away)).toBe("The object store does not answer. The job goes on by itself.");
    expect(phaseText(run)).toBe("Training");
    expect(phaseText({ ...run, phase: "" })).toBe("Starting");
  });
});

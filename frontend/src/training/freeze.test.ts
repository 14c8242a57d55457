import { describe, expect, it } from "vitest";
import { freezeFault, freezeParts, freezeText, stillText } from "./freeze";

describe("what is frozen", () => {
  it.each(["auto", "none", "trunk", "early", "layers:13", "blocks:backbone,head", "match:(?:a|b):c"])(
    "keeps %s",
    (freeze) => {
      expect(freezeText(freezeParts(freeze))).toBe(freeze);
    },
  );

  it("asks for a value where the kind has one", () => {
    expect(freezeFault("trunk")).toBeUndefined();
    expect(freezeFault("match:")).toContain("(backbone|fpn)");
    expect(freezeFault("layers:1.5")).toBe("A whole number from 1.");
    expect(freezeFault("layers:13")).toBeUndefined();
  });

  it("is told in figures", () => {
    const frozen = { parameters: 3_000_000, still: 1_200_000, layers: 70, still_layers: 13, names: [] };
    expect(stillText(frozen)).toContain("1,200,000 of 3,000,000 parameters");
    expect(stillText(frozen)).toContain("13 of 70 layers");
  });
});

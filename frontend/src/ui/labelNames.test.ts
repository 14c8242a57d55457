import { describe, expect, it } from "vitest";
import { namesFault } from "./labelNames";

describe("names of labels", () => {
  it("may be anything that can be seen and told apart", () => {
    expect(namesFault(["cat", "cats", "Straße", "猫", "stop sign"])).toBeUndefined();
  });

  it.each([
    ["Cat", "cat"],
    ["stop  sign", "STOP sign"],
    ["ｃａｔ", "cat"],
  ])("are one name: %s and %s", (one, two) => {
    expect(namesFault([one, two])).toBe(`Two labels are called ${two}.`);
  });

  it.each(["a\u200bb", "a\tb", "\u202eab"])("hide nothing: %j", (name) => {
    expect(namesFault([name])).toContain("can't be seen");
  });

  it("are at most 500", () => {
    const names = Array.from({ length: 501 }, (_, n) => `label ${n}`);
    expect(namesFault(names.slice(1))).toBeUndefined();
    expect(namesFault(names)).toBe("A project may have 500 labels; these are 501.");
  });
});

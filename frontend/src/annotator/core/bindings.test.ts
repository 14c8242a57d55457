import { describe, expect, it } from "vitest";
import { firstKey, keymapOf, keysOf, ownerOf, parsedKeys, rebound, whyNot } from "./bindings";
import { SHORTCUT_IDS, SHORTCUTS } from "./shortcuts";

it("has a key for every command, and no key for two", () => {
  const all = SHORTCUT_IDS.flatMap((id) => SHORTCUTS[id].keys);
  expect(new Set(all).size).toBe(all.length);
  for (const id of SHORTCUT_IDS) expect(keysOf(id, {})).not.toEqual([]);
  expect(all.filter((key) => whyNot(key) !== null)).toEqual([]);
});

describe("a changed key", () => {
  it("takes the place of the one that was chosen", () => {
    const changed = rebound({}, "next", 1, "Shift B");
    expect(keysOf("next", changed)).toEqual(["Enter", "Shift B"]);
    expect(ownerOf("N", changed)).toBeNull();
  });

  it("is swapped with the command that has it", () => {
    const changed = rebound({}, "skip", 0, "G");
    expect(changed).toEqual({ skip: ["G"], conceal: ["S"] });
    expect(keymapOf(changed).get("G")).toEqual({ name: "skip" });
    expect(rebound(changed, "skip", 0, "S")).toEqual({});
  });

  it("is never a label's, the browser's, or one with a fixed meaning", () => {
    for (const key of ["3", "Q", "Tab", "Shift Tab", "Space", "ArrowUp", "Ctrl W", "Ctrl Shift T", "Alt G"]) {
      expect(whyNot(key)).not.toBeNull();
      expect(rebound({}, "skip", 0, key)).toEqual({});
    }
    for (const key of ["Shift 3", "Shift Q", "0", "F2", "Ctrl G"]) expect(whyNot(key)).toBeNull();
  });

  it("may be another's key of the same command: nothing changes", () => {
    expect(rebound({}, "next", 0, "N")).toEqual({});
  });

  it("wins over what a later version's table says", () => {
    const changed = { skip: ["G"] };
    expect(keysOf("conceal", changed)).toEqual([]);
    expect(firstKey("conceal", changed)).toBe("");
    expect(rebound(changed, "conceal", 0, "G")).toEqual({ skip: [] });
  });
});

it("names the first key, as people read it", () => {
  expect(firstKey("remove", {})).toBe("Del");
  expect(firstKey("duplicate", {})).toBe("D");
  expect(firstKey("redo", {})).toBe("Ctrl Shift Z");
});

it.each([
  [null, {}],
  ["nonsense", {}],
  ["[]", {}],
  ['{"skip": ["G"], "gone": ["S"], "__proto__": ["S"]}', { skip: ["G"] }],
  ['{"skip": "G"}', {}],
  ['{"skip": ["G", 3, "Tab", ""], "help": ["G"]}', { skip: ["G"], help: [] }],
])("reads %s", (text, changed) => {
  expect(parsedKeys(text)).toEqual(changed);
});

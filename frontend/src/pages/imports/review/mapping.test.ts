import { describe, expect, it } from "vitest";
import type { Label } from "../../../api/types";
import {
  type Chosen,
  found,
  labelsFault,
  type ReviewLabel,
  selectValue,
  sums,
  targetFrom,
  targetOf,
  targetsByName,
  withTarget,
  withUnknown,
} from "./mapping";

const cat = { id: 7, name: "cat", color: "#AA53FB" } as Label;
const nothing: Chosen = new Map();
const manager = { labels: [cat], mayMakeNew: true };
const annotator = { labels: [cat], mayMakeNew: false };

function named(name: string, match: ReviewLabel["match"] = null): ReviewLabel {
  return { name, count: 10, match, similar: match !== null && match.name !== name };
}

const same = named("cat", cat);
const similar = named(" Cat", cat);
const zebra = named("zebra");

describe("targetOf", () => {
  it("proposes the label of that name, else a new one where that is allowed", () => {
    expect(targetOf(same, nothing, manager)).toEqual({ to: "existing", label: 7 });
    expect(targetOf(similar, nothing, manager)).toEqual({ to: "existing", label: 7 });
    expect(targetOf(zebra, nothing, manager)).toEqual({ to: "new" });
    expect(targetOf(zebra, nothing, annotator)).toBeNull();
  });

  it("takes what was chosen", () => {
    const chosen = withTarget(nothing, "cat", { to: "ignore" });
    expect(targetOf(same, chosen, manager)).toEqual({ to: "ignore" });
  });

  it("is undecided where the label was deleted meanwhile, or new ones are no longer allowed", () => {
    expect(targetOf(same, nothing, { labels: [], mayMakeNew: true })).toBeNull();
    expect(targetOf(zebra, withTarget(nothing, "zebra", { to: "new" }), annotator)).toBeNull();
  });

  it("knows a label that is called like a property of every object", () => {
    expect(targetOf(named("constructor"), nothing, annotator)).toBeNull();
    const chosen = withTarget(nothing, "__proto__", { to: "ignore" });
    expect(JSON.stringify(targetsByName([named("__proto__")], chosen, manager))).toBe(
      '{"__proto__":{"to":"ignore"}}',
    );
  });
});

it("decides about all unknown names at once, and about no known one", () => {
  const chosen = withUnknown([same, zebra, named("yak")], nothing, "ignore");
  expect([...chosen]).toEqual([
    ["zebra", { to: "ignore" }],
    ["yak", { to: "ignore" }],
  ]);
});

describe("sums", () => {
  it("counts names that differ by case or blanks as one new label", () => {
    const labels = [same, named("Zebra"), named("zebra "), named("yak")];
    const chosen = withTarget(nothing, "yak", { to: "ignore" });
    expect(sums(labels, chosen, manager)).toEqual({ undecided: 0, made: 1, ignored: 1, annotations: 30 });
  });

  it("refuses what is undecided, and more labels than a project may have", () => {
    expect(labelsFault(sums([same], nothing, annotator), annotator)).toBe("");
    expect(labelsFault(sums([same, zebra], nothing, annotator), annotator)).toBe(
      "One label has no target yet. Only managers add labels.",
    );
    const many = Array.from({ length: 500 }, (_, n) => named(`new ${n}`));
    expect(labelsFault(sums(many, nothing, manager), manager)).toBe(
      "A project may have 500 labels; these would be 501.",
    );
  });
});

it("gives the server a target for each name", () => {
  expect(targetsByName([same, zebra], nothing, manager)).toEqual({
    cat: { to: "existing", label: 7 },
    zebra: { to: "new" },
  });
});

it("finds names whatever their case", () => {
  expect(found([same, zebra], "ZE")).toEqual([zebra]);
  expect(found([same, zebra], " ")).toEqual([same, zebra]);
});

it("writes a target as the value of a select, and reads it back", () => {
  for (const target of [
    { to: "new" } as const,
    { to: "ignore" } as const,
    { to: "existing", label: 7 } as const,
  ]) {
    expect(targetFrom(selectValue(target))).toEqual(target);
  }
  expect(selectValue(null)).toBe("");
});

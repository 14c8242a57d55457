import { describe, expect, it } from "vitest";
import type { ImportReview, Label } from "../../../api/types";
import { decide } from "./decision";
import { asText, type Draft, fromText } from "./draft";

const cat = { id: 7, name: "cat", color: "#AA53FB" } as Label;
const targets = { labels: [cat], mayMakeNew: true };
const untouched: Draft = fromText(null);
const review: ImportReview = {
  labels: [
    { name: "cat", count: 1200, match: cat, similar: false },
    { name: "zebra", count: 1, match: null, similar: false },
  ],
  images: { new: 900, known: 304, known_labelled: 300, unlabelled: 4, negatives: 2 },
  annotations: 1201,
  splits: { train: 0, val: 0, test: 0 },
  groups: 0,
  new_labels_allowed: true,
  formats: [],
};

function decided(changes: Partial<Draft> = {}, images: Partial<ImportReview["images"]> = {}) {
  const asked = { ...review, images: { ...review.images, ...images } };
  return decide(asked, { ...untouched, ...changes }, targets, ["box", "boxes"]);
}

describe("decide", () => {
  it("names the deed and what comes with it", () => {
    expect(decided().deed).toBe("Import 1,204 images");
    expect(decided().summary).toBe("1,201 boxes · 1 new label");
    expect(decided().fault).toBe("");
  });

  it("leaves out what is ignored, and known images that are kept", () => {
    const ignoring = decided({ chosen: new Map([["zebra", { to: "ignore" }]]) });
    expect(ignoring.summary).toBe("1,200 boxes · 1 label ignored");
    expect(decided({ onKnown: "keep" }).deed).toBe("Import 904 images");
  });

  it("says why there is nothing to import", () => {
    expect(decided({}, { new: 0, known: 0, known_labelled: 0 }).fault).toBe(
      "There is no image in it that can be imported.",
    );
    expect(decided({ onKnown: "keep" }, { new: 0, known: 300 }).fault).toBe(
      "All its images are here, labelled, and are left as they are.",
    );
  });

  it("asks the server for exactly that", () => {
    expect(decided({ onKnown: "replace", splits: false }).request).toEqual({
      labels: { cat: { to: "existing", label: 7 }, zebra: { to: "new" } },
      on_known: "replace",
      splits: false,
    });
  });
});

describe("a draft", () => {
  it("comes back as it was written", () => {
    const draft: Draft = { chosen: new Map([["zebra", { to: "ignore" }]]), onKnown: "keep", splits: false };
    expect(fromText(asText(draft))).toEqual(draft);
  });

  it("begins anew where nothing readable was written", () => {
    expect(fromText("{")).toEqual(untouched);
    expect(fromText("{}")).toEqual(untouched);
  });
});

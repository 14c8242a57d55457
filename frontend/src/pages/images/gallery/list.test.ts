import { describe, expect, it } from "vitest";
import type { Image, Page } from "../../../api/types";
import { applyAssignment, applyEvent, mergeHead } from "./list";

const image = (id: number): Image => ({ id, queue: "unlabelled", revision: 0, annotation_count: 0 }) as Image;
const page = (ids: number[], next: string | null): Page<Image> => ({
  results: ids.map(image),
  next,
  previous: null,
});
const ids = (images: Image[]) => images.map((one) => one.id);

describe("looking again at the head of a list", () => {
  it("puts what is new in front and keeps what was loaded below", () => {
    const old = [5, 4, 3, 2, 1].map(image);
    const merged = mergeHead(page([7, 6, 5], "more"), old, "older");
    expect(ids(merged.images)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(merged.next).toBe("older");
  });

  it("takes the fresh page as it is when it covers all that was loaded", () => {
    const merged = mergeHead(page([3, 1], null), [3, 2, 1].map(image), null);
    expect(ids(merged.images)).toEqual([3, 1]);
  });
});

describe("images that are assigned", () => {
  const ana = { id: 7, name: "Ana" };
  const assigned = { ids: [2, 3], assigned_to: ana };

  it("show to whom, and stay where the list asks for nobody else's", () => {
    const images = applyAssignment([1, 2, 3].map(image), assigned, { assigned: "" });
    expect(images.map((one) => one.assigned_to?.name)).toEqual([undefined, "Ana", "Ana"]);
    expect(ids(applyAssignment(images, assigned, { assigned: "7" }))).toEqual([1, 2, 3]);
  });

  it.each(["nobody", "8"])("leave the list of %s", (whose) => {
    expect(ids(applyAssignment([1, 2, 3].map(image), assigned, { assigned: whose }))).toEqual([1]);
  });

  it("leave a list alone that holds none of them", () => {
    const images = [image(9)];
    expect(applyAssignment(images, assigned, { assigned: "" })).toBe(images);
  });
});

describe("an image that changes", () => {
  const event = {
    id: 2,
    queue: "labelled" as const,
    revision: 1,
    annotation_count: 3,
    skip_reason: "",
    drafted_by: null,
    by: null,
  };

  it("changes in place where all queues are shown", () => {
    const images = applyEvent([1, 2, 3].map(image), event, { queue: "all", drafts: "", boxes: "" });
    expect(images[1]).toMatchObject({ id: 2, queue: "labelled", annotation_count: 3 });
  });

  it("leaves the queue it is no longer in", () => {
    expect(
      ids(applyEvent([1, 2, 3].map(image), event, { queue: "unlabelled", drafts: "", boxes: "" })),
    ).toEqual([1, 3]);
  });

  it("leaves the drafts once it is finished", () => {
    expect(ids(applyEvent([1, 2, 3].map(image), event, { queue: "all", drafts: "mine", boxes: "" }))).toEqual(
      [1, 3],
    );
  });

  it("does not touch a list that does not hold it", () => {
    const images = [image(9)];
    expect(applyEvent(images, event, { queue: "all", drafts: "", boxes: "" })).toBe(images);
  });
});

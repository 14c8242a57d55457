import { beforeEach, describe, expect, it } from "vitest";
import { openStorage } from "../../annotator/saving/changeStorage";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { Saver } from "../../annotator/saving/saver";
import { ApiError } from "../../api/errors";
import type { AnnotationState, Labelled, SaveRequest } from "../../api/types";
import { ReviewState } from "./reviewState";

const [RACCOON, CAT] = [1, 2];
type Wire = AnnotationState["annotations"][number];

function row(id: string, image = 7, revision = 3): Labelled {
  const said = { label: RACCOON, source: "model", score: 0.4, created_by: null, updated_at: "" };
  const sides = { x_min: 1, y_min: 1, x_max: 9, y_max: 9 };
  return {
    ...{ id, ...said, ...sides },
    image: { id: image, name: "a.jpg", width: 64, height: 48, queue: "labelled", revision },
  };
}

let sent: (SaveRequest & { image: number })[] = [];
let answer: (request: SaveRequest) => AnnotationState | ApiError;
let due: (() => void) | null = null;
let saver: Saver;
let review: ReviewState;
let told: (image: number, state: AnnotationState) => void = () => {};

const wire = ({ image: _, ...rest }: Labelled): Wire => rest;
const state = (revision: number, ...annotations: Wire[]): AnnotationState => ({
  ...{ revision, queue: "labelled" as const, annotations },
});
const labels = () => review.crops.value.map(({ now }) => now?.label ?? null);

/** Lets what is due go out, and its answers come in. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    const run = due;
    due = null;
    run?.();
    await new Promise((done) => setTimeout(done));
  }
}

beforeEach(() => {
  sent = [];
  saver = new Saver(
    openStorage(new MemoryStorage(), 1, "tab"),
    async (image, request) => {
      sent.push({ ...request, image });
      const one = answer(request);
      if (one instanceof ApiError) throw one;
      return one;
    },
    (_, run) => {
      due = run;
      return () => {
        due = null;
      };
    },
    { onStatus: () => {}, onState: (image, one) => told(image, one) },
  );
  const onState = (listener: typeof told) => {
    told = listener;
    return () => {};
  };
  review = new ReviewState({ saver, onState });
  review.follow();
});

describe("one key for many", () => {
  beforeEach(() => {
    review.add([row("a"), row("b"), row("c", 8, 5), row("d", 8, 5)]);
    answer = ({ base_revision, upsert }) => state(base_revision + 1, ...(upsert as Wire[]));
  });

  it("relabels what is selected, in one save an image", async () => {
    for (const index of [0, 1, 2]) review.pick(index, false);
    expect(review.relabel(CAT)).toBe(3);
    expect(labels()).toEqual([CAT, CAT, CAT, RACCOON]);
    expect(review.selected.value.size).toBe(0);
    await settle();
    expect(sent.map(({ image, base_revision, upsert }) => [image, base_revision, upsert.length])).toEqual([
      [7, 3, 2],
      [8, 5, 1],
    ]);
    expect(sent[0]!.upsert[0]).toMatchObject({ id: "a", label: CAT, source: "human", score: null });
  });

  it("means the crop that has the focus where nothing is selected", () => {
    review.active.value = 3;
    review.remove();
    expect(labels()).toEqual([RACCOON, RACCOON, RACCOON, null]);
  });

  it("selects from one to another, and one less", () => {
    review.pick(1, false);
    review.pick(3, true);
    review.pick(2, false);
    expect([...review.selected.value]).toEqual(["7:b", "8:d"]);
  });

  it("does nothing that changes nothing", async () => {
    expect([review.relabel(RACCOON), review.accept(), review.accept()]).toEqual([0, 1, 0]);
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("takes back the last step, deleted ones too", () => {
    review.selectAll();
    review.remove();
    review.active.value = 0;
    expect([review.changed.value, review.undo(), review.changed.value]).toEqual([4, 4, 0]);
    expect([labels(), review.undo()]).toEqual([[RACCOON, RACCOON, RACCOON, RACCOON], 0]);
  });

  it("knows an id of another image as another annotation", () => {
    review.add([row("a", 9), row("a")]);
    expect(review.crops.value).toHaveLength(5);
  });
});

describe("a colleague on the same image", () => {
  const moved = { ...wire(row("a")), x_max: 20 };

  it("sees nothing overwritten: both sides wait on the crop", async () => {
    review.add([row("a"), row("b")]);
    const theirs = { ...moved, label: 3 };
    const problem = { type: "about:blank", title: "Conflict", status: 409, detail: "Both." };
    answer = ({ base_revision, upsert }) =>
      base_revision < 4
        ? new ApiError({
            ...problem,
            current: state(4, theirs, wire(row("b"))),
            conflicts: ["a"],
            changed_by: [{ id: 2, name: "Vera" }],
          })
        : state(5, ...(upsert as Wire[]));
    review.relabel(CAT);
    await settle();
    const [crop] = review.crops.value;
    expect(review.theirs(crop!)).toMatchObject({ box: { x_max: 20 }, label: 3 });
    expect(review.rival(crop!)).toBe("Vera");
    expect([review.remove(), labels()]).toEqual([0, [CAT, RACCOON]]);
    review.takeTheirs(crop!);
    await settle();
    expect([review.crops.value[0]!.now?.box?.x_max, sent.length]).toEqual([20, 1]);
  });

  it("keeps their move beside my label", async () => {
    review.add([row("a")]);
    answer = () => state(5, { ...moved, label: CAT });
    review.relabel(CAT);
    await settle();
    expect(review.crops.value[0]!.now).toMatchObject({ label: CAT, box: { x_max: 20 } });
  });

  it("is not overruled by an undo", async () => {
    review.add([row("a")]);
    answer = () => state(5, { ...moved, label: CAT });
    review.relabel(CAT);
    await settle();
    expect([review.undo(), labels(), sent.length]).toEqual([0, [CAT], 1]);
  });

  it("bases a save on the oldest state that is shown, then on the newest", async () => {
    review.add([row("a", 7, 3), row("b", 7, 6)]);
    answer = () => state(7, { ...wire(row("a")), label: CAT }, wire(row("b")));
    review.relabel(CAT);
    await settle();
    review.active.value = 1;
    review.relabel(CAT);
    await settle();
    expect(sent.map(({ base_revision }) => base_revision)).toEqual([3, 7]);
  });

  it("who deleted it leaves it deleted", async () => {
    review.add([row("a"), row("b")]);
    answer = () => state(9, { ...wire(row("a")), label: CAT });
    review.relabel(CAT);
    await settle();
    expect(labels()).toEqual([CAT, null]);
  });
});

import { expect, it } from "vitest";
import type { Image } from "../../api/types";
import { framesOf, NO_NEIGHBOURS } from "./filmstripFrames";
import { arrive, NO_VISITS } from "./visits";

const image = (id: number): Image =>
  ({ id, name: `${id}.jpg`, width: 200, height: 100, queue: "labelled" }) as Image;
const HERE = { me: 1, now: Date.parse("2026-01-01T00:01:00Z") };
const known = new Map([1, 2, 3, 4, 5].map((id) => [id, image(id)]));

it("shows where one has been, where one is, and what comes, each once", () => {
  const visits = arrive([1, 2, 3].reduce(arrive, NO_VISITS), 2);
  const frames = framesOf(visits, { before: [], after: [image(3), image(4), image(5)] }, known, HERE);
  expect(frames.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  expect(frames.filter(({ isHere }) => isHere).map(({ id }) => id)).toEqual([2]);
  expect(frames[0]).toMatchObject({ name: "1.jpg", shape: 2, queue: "labelled" });
});

it("shows a few behind and more ahead", () => {
  const long = Array.from({ length: 30 }, (_, index) => index + 1);
  const visits = long.reduce(arrive, NO_VISITS);
  const ahead = Array.from({ length: 30 }, (_, index) => image(100 + index));
  expect(framesOf(visits, { before: [image(99)], after: ahead }, known, HERE)).toHaveLength(7 + 14);
});

it("can name an image it has not met", () => {
  expect(framesOf(arrive(NO_VISITS, 77), NO_NEIGHBOURS, known, HERE)[0]).toMatchObject({
    name: "Image 77",
    shape: null,
  });
});

it("shows what comes before the first one of a list, in the list's order", () => {
  const frames = framesOf(arrive(NO_VISITS, 3), { before: [image(2), image(1)], after: [] }, known, HERE);
  expect(frames.map(({ id }) => id)).toEqual([1, 2, 3]);
});

it("names the colleague who works on an image, while the claim lasts", () => {
  const claimed = (id: number, person: number, expires: string): Image => ({
    ...image(id),
    claimed_by: { id: person, name: `Person ${person}` },
    claim_expires_at: `2026-01-01T00:${expires}:00Z`,
  });
  const held = [claimed(1, 2, "02"), claimed(2, 1, "02"), claimed(3, 2, "00")];
  const known = new Map(held.map((one) => [one.id, one]));
  const frames = framesOf([1, 2, 3].reduce(arrive, NO_VISITS), NO_NEIGHBOURS, known, HERE);
  expect(frames.map(({ holder }) => holder?.name ?? null)).toEqual(["Person 2", null, null]);
});

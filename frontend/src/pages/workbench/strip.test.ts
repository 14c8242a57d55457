import { expect, it } from "vitest";
import type { Image } from "../../api/types";
import { framesOf } from "./strip";
import { arrive, NO_TRAIL } from "./trail";

const image = (id: number): Image =>
  ({ id, name: `${id}.jpg`, width: 200, height: 100, queue: "labelled" }) as Image;
const known = new Map([1, 2, 3, 4, 5].map((id) => [id, image(id)]));

it("shows where one has been, where one is, and what comes, each once", () => {
  const trail = arrive([1, 2, 3].reduce(arrive, NO_TRAIL), 2);
  const frames = framesOf(trail, [image(3), image(4), image(5)], known);
  expect(frames.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  expect(frames.filter(({ isHere }) => isHere).map(({ id }) => id)).toEqual([2]);
  expect(frames[0]).toMatchObject({ name: "1.jpg", shape: 2, queue: "labelled" });
});

it("shows a few behind and more ahead", () => {
  const long = Array.from({ length: 30 }, (_, index) => index + 1);
  const trail = long.reduce(arrive, NO_TRAIL);
  const ahead = Array.from({ length: 30 }, (_, index) => image(100 + index));
  expect(framesOf(trail, ahead, known)).toHaveLength(7 + 14);
});

it("can name an image it has not met", () => {
  expect(framesOf(arrive(NO_TRAIL, 77), [], known)[0]).toMatchObject({ name: "Image 77", shape: null });
});

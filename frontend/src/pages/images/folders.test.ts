import { expect, it } from "vitest";
import { archiveOf, isDataset, isWanted } from "./folders";

const placed = (...paths: string[]) =>
  paths.map((path, n) => ({ path, file: new File(["1"], path, { lastModified: n }) }));

it("imports a folder that holds more than pictures, or folders of pictures", () => {
  expect(isDataset(placed("plates/a.jpg", "plates/a.xml"))).toBe(true);
  expect(isDataset(placed("plates/cat/a.jpg", "plates/dog/a.jpg"))).toBe(true);
});

it("uploads pictures, alone or side by side in one folder", () => {
  expect(isDataset(placed("plates/a.jpg", "plates/b.PNG"))).toBe(false);
  expect(isDataset(placed("a.jpg", "b.zip"))).toBe(false);
});

it("leaves out what systems leave behind", () => {
  expect(["a/.DS_Store", "a/Thumbs.db", "__MACOSX/a.jpg", "a/.git/config"].filter(isWanted)).toEqual([]);
  expect(isWanted("a/b.jpg")).toBe(true);
});

it("names the archive after the folder; its stamp is that of the newest file", () => {
  const archive = archiveOf(placed("plates/a.jpg", "plates/a.xml"));
  expect([archive.name, archive.stamp, archive.blob.size]).toEqual(["plates.tar", 1, 2048 + 1024]);
});

import { expect, it } from "vitest";
import { archiveOf, isDataset, isWanted } from "./folders";

const placed = (...paths: string[]) =>
  paths.map((path, n) => ({ path, file: new File(["1"], path, { lastModified: n }) }));

it("imports a folder that holds more than pictures, or folders of pictures", () => {
  expect(isDataset(placed("plates/a.jpg", "plates/a.xml"))).toBe(true);
  expect(isDataset(placed("plates/cat/a.jpg", "plates/dog/a.jpg"))).toBe(true);
});

it("imports pictures that come with their annotations, without a folder too", () => {
  expect(isDataset(placed("a.jpg", "b.jpg", "a.xml", "b.xml"))).toBe(true);
  expect(isDataset(placed("a.jpg", "a.txt"))).toBe(true);
  expect(isDataset(placed("train.json", "val.json"))).toBe(true);
  expect(archiveOf(placed("a.jpg", "a.xml")).name).toBe("files.tar");
});

it("takes one file of annotations for an archive, and a text beside pictures for what it is", () => {
  expect(isDataset(placed("train.json"))).toBe(false);
  expect(isDataset(placed("a.jpg", "readme.txt"))).toBe(false);
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

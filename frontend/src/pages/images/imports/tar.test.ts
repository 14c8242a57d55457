import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tarHead, tarOf } from "./tar";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tar-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LONG = `${"train/".repeat(30)}a picture.jpg`;
const SECONDS = 1_700_000_000;

function placed(path: string, text: string) {
  return { path, file: new File([text], "name", { lastModified: SECONDS * 1000 }) };
}

it("makes a tar that tar itself unpacks", async () => {
  const files = [
    placed(LONG, "long"),
    placed("plates/é 猫 #%.jpg", "x".repeat(700)),
    placed("plates/data.yaml", ""),
    placed(`plates/${"n".repeat(94)}`, "1"),
    placed(`plates/${"n".repeat(93)}`, "2"),
  ];
  writeFileSync(join(folder, "a.tar"), new Uint8Array(await tarOf(files).arrayBuffer()));
  execFileSync("tar", ["-xf", "a.tar"], { cwd: folder });
  for (const { path, file } of files) {
    expect(readFileSync(join(folder, path), "utf8")).toBe(await file.text());
  }
});

it("gives the same bytes for the same files in any order", async () => {
  const files = [placed("a/1.jpg", "1"), placed("a/2.jpg", "2")];
  const one = await tarOf(files).text();
  expect(await tarOf([...files].reverse()).text()).toBe(one);
});

it("says the size of a file above 8 GB beside its header", () => {
  const said = tarHead("big.bin", 9 * 2 ** 30, SECONDS).map((part) => new TextDecoder().decode(part));
  expect(said[1]).toBe("19 size=9663676416\n");
});

import { expect, it } from "vitest";
import { bundleParts } from "./bundle";

const files = (...names: string[]) => names.map((name, i) => ({ name, size: i + 1 }));

it("tells the parts of a bundle, the model first", () => {
  const parts = bundleParts(
    files("android/app/build.gradle.kts", "labels.txt", "model-card.md", "model.tflite", "sample.py"),
  );
  expect(parts.map((part) => [part.title, part.size])).toEqual([
    ["Model", 4],
    ["Model card", 3],
    ["Labels and contract", 2],
    ["Android project", 1],
    ["Program", 5],
  ]);
  expect(parts[0]?.note).toBe("model.tflite");
});

it("counts a page and its libraries as one, and names few files of a model", () => {
  const parts = bundleParts(
    files("index.html", "page.js", "tfjs/core.js", "tfjs/simd.wasm", "a.bin", "b.bin", "model.json"),
  );
  expect(parts.map((part) => part.title)).toEqual(["Model", "Web page"]);
  expect(parts[0]?.note).toBe("model.json, a.bin and 1 more");
  expect(parts[1]?.size).toBe(10);
});

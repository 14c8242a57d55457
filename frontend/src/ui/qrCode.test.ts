import { expect, it } from "vitest";
import { qrCode } from "./qrCode";

const hex = (text: string): string[] | undefined =>
  qrCode(text)?.map((row) => Number.parseInt(row.map(Number).join(""), 2).toString(16));

/** Read by OpenCV as "A"; links are read from the page in tests/e2e. */
const OF_A = [
  "1fce7f",
  "105741",
  "17445d",
  "17485d",
  "17595d",
  "104541",
  "1fd57f",
  "300",
  "154612",
  "138846",
  "85d11",
  "150c44",
  "14d555",
  "1eaa",
  "1fc2ef",
  "104bb8",
  "175aed",
  "174046",
  "175911",
  "104c46",
  "1fd157",
];

it("draws what a reader reads", () => {
  expect(hex("A")).toEqual(OF_A);
});

it.each([
  [14, 21],
  [15, 25],
  [62, 33],
  [106, 41],
  [107, 45],
  [180, 53],
])("takes a size that %i bytes fit in", (bytes, modules) => {
  expect(qrCode("é".repeat(bytes / 2) + "a".repeat(bytes % 2))).toHaveLength(modules);
});

it("draws nothing of a text that is too long", () => {
  expect(qrCode("u".repeat(181))).toBeNull();
});

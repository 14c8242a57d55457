import { describe, expect, it } from "vitest";
import type { Artifact, Parity, Target } from "../../../api/types";
import { artifactRows, parityFault, parityText, rowTitle, small } from "./artifactRows";

const onnx: Target = { name: "onnx", title: "ONNX", for_whom: "", quantizations: ["none"] };
const tflite: Target = {
  name: "tflite",
  title: "TensorFlow Lite",
  for_whom: "",
  quantizations: ["none", "fp16"],
};
const artifact = (id: number, target: string, quantization: string) =>
  ({ id, target, quantization }) as Artifact;
const parity: Parity = {
  max_box_px: 0.00031,
  max_score: 0.0000011,
  images: 16,
  limit_box_px: 1,
  limit_score: 0.01,
  runtime: "onnxruntime 1.31.1",
  passed: true,
};

describe("the rows", () => {
  const rows = artifactRows([onnx, tflite], [artifact(1, "tflite", "fp16"), artifact(2, "tflite", "fp16")]);

  it("are one for each target and precision", () => {
    expect(rows.map((row) => row.key)).toEqual(["onnx", "tflite", "tflite-fp16"]);
    expect(rows.map(rowTitle)).toEqual(["ONNX", "TensorFlow Lite fp32", "TensorFlow Lite fp16"]);
  });

  it("hold the newest try", () => {
    expect(rows.map((row) => row.artifact?.id ?? null)).toEqual([null, null, 2]);
  });
});

describe("parity", () => {
  it("is told without exponents", () => {
    expect([small(0.00031), small(6.8), small(0.0000011), small(0), small(123.4), small(0.1)]).toEqual([
      "0.00031",
      "6.8",
      "0.0000011",
      "0",
      "123",
      "0.1",
    ]);
    expect(parityText(parity)).toBe("0.00031 px, 0.0000011 score");
    expect(parityText({ ...parity, max_box_px: null })).toBe("0.0000011 score");
  });

  it("says by how much a failed one is off", () => {
    expect(parityFault({ ...parity, max_box_px: 6.8 })).toBe(
      "It differs from the checkpoint: boxes by up to 6.8 px (limit 1 px).",
    );
    expect(parityFault({ ...parity, max_score: 0.14 })).toContain("scores by up to 0.14 (limit 0.01)");
    expect(parityFault(parity)).toBe("");
  });
});

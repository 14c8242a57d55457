import { describe, expect, it } from "vitest";
import type { Artifact, Parity, Target } from "../../../api/types";
import {
  artifactRows,
  byTarget,
  firstShown,
  imagesText,
  metricChange,
  parityFault,
  parityText,
  rowTitle,
  small,
  speedOf,
  verificationText,
  wholeFiles,
} from "./artifactRows";

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
  unmatched_detections: 0,
  metric: "AP",
  metric_loss: 0.0004,
  limit_box_px: 1,
  limit_score: 0.01,
  limit_metric_loss: 0.01,
  images: 142,
  images_available: 142,
  split: "val",
  verification: "run_here",
  runtime: "onnxruntime 1.31.1",
  passed: true,
};

describe("the rows", () => {
  const rows = artifactRows([onnx, tflite], [artifact(1, "tflite", "fp16"), artifact(2, "tflite", "fp16")]);

  it("are one for each target and precision", () => {
    expect(rows.map((row) => row.key)).toEqual(["onnx", "tflite", "tflite-fp16"]);
    expect(rows.map(rowTitle)).toEqual(["ONNX", "TensorFlow Lite fp32", "TensorFlow Lite fp16"]);
  });

  it("are left, live or done, of the whole files alone", () => {
    const of = (target: string, status: string) => ({ ...artifact(4, target, "none"), status }) as Artifact;
    const half = { ...artifact(3, "tflite", "fp16"), status: "running" } as Artifact;
    const counts = (...there: Artifact[]) => wholeFiles(artifactRows([onnx, tflite], there));
    expect(counts(half)).toEqual({ left: 2, live: 0, of: 2 });
    expect(counts(of("onnx", "succeeded"), of("tflite", "queued"))).toEqual({ left: 0, live: 1, of: 2 });
    expect(counts(of("onnx", "failed"), of("tflite", "canceled"))).toEqual({ left: 2, live: 0, of: 2 });
  });

  it("are shown a target at a time, beginning with what can be downloaded", () => {
    const half = { ...artifact(3, "tflite", "fp16"), status: "succeeded" } as Artifact;
    const [first, second] = byTarget(artifactRows([onnx, tflite], [half]));
    expect([first, second].map((few) => few?.map((row) => row.key))).toEqual([
      ["onnx"],
      ["tflite", "tflite-fp16"],
    ]);
    expect([first, second].map((few) => firstShown(few ?? [])?.key)).toEqual(["onnx", "tflite-fp16"]);
  });

  it("say how fast a file is, and where a smaller one is slower", () => {
    const timed = (quantization: string, latency_ms: number | null) =>
      ({ ...artifact(1, "tflite", quantization), latency_ms }) as Artifact;
    const [whole, half] = artifactRows([tflite], [timed("none", 10), timed("fp16", 12.34)]);
    expect(speedOf(half!, [whole!, half!])).toEqual({
      text: "12 ms a picture on one thread here",
      isSlower: true,
    });
    expect(speedOf(half!, [half!])?.isSlower).toBe(false);
    expect(speedOf(whole!, [whole!, half!])?.isSlower).toBe(false);
    expect(speedOf(artifactRows([onnx], [timed("none", null)])[0]!, [])).toBeNull();
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
    expect(parityText({ ...parity, max_box_px: null, limit_box_px: null })).toBe("0.0000011 score");
    expect(parityText({ ...parity, max_box_px: null })).toContain("more than can be measured px");
  });

  it("says by how much a failed one is off", () => {
    expect(parityFault({ ...parity, max_box_px: 6.8 })).toBe(
      "It differs from the checkpoint: boxes by up to 6.8 px (limit 1 px).",
    );
    expect(parityFault({ ...parity, max_score: 0.14 })).toContain("scores by up to 0.14 (limit 0.01)");
    expect(parityFault({ ...parity, max_score: null })).toContain(
      "scores by up to more than can be measured",
    );
    expect(parityFault({ ...parity, unmatched_detections: 2 })).toContain("2 detections without a partner");
    expect(parityFault({ ...parity, metric_loss: 0.08 })).toContain("0.08 AP lost (limit 0.01)");
    const inClient = { client: "OpenCV", client_loss: 0.03, limit_client_loss: 0.01 };
    expect(parityFault({ ...parity, ...inClient })).toContain("0.03 AP lost in OpenCV (limit 0.01)");
    expect(parityFault(parity)).toBe("");
  });

  it("says how it is known", () => {
    expect(verificationText(parity)).toBe("run here, onnxruntime 1.31.1");
    expect(verificationText({ ...parity, verification: "reported_from_device", runtime: "iOS 26" })).toBe(
      "reported from the device, iOS 26",
    );
  });
});

describe("the metric", () => {
  const metrics = { AP: 0.4986, checkpoint_AP: 0.499 };

  it("is told as a change where the whole validation split was compared: the page has one AP", () => {
    expect(metricChange({ parity, metrics })).toEqual({
      title: "AP to checkpoint",
      change: -0.0004,
      note: "on all 142 validation images",
      client: null,
    });
  });

  it("is told of the client too, where that was measured", () => {
    const inClient = {
      parity: { ...parity, client: "detectnet" },
      metrics: { ...metrics, client_AP: 0.489 },
    };
    expect(metricChange(inClient)?.client).toEqual({ name: "detectnet", change: expect.closeTo(-0.01) });
    expect(metricChange({ parity: { ...parity, client: null }, metrics })?.client).toBeNull();
  });

  it("names both figures where a sample was compared, whose AP is another", () => {
    const sample: Parity = { ...parity, images: 500, images_available: 4210 };
    expect(metricChange({ parity: sample, metrics })?.note).toBe(
      "0.499 against the checkpoint's 0.499 on the same 500 of 4,210 validation images",
    );
  });

  it("says that training images were compared where none validate", () => {
    expect(imagesText({ ...parity, split: "train", images: 5, images_available: 5 })).toBe(
      "5 training images, as none validate",
    );
    expect(imagesText({ ...parity, images: 1, images_available: 1 })).toBe("1 validation image");
  });

  it("is left out where there is no truth", () => {
    expect(metricChange({ parity: { ...parity, metric_loss: null }, metrics: {} })).toBeNull();
    expect(metricChange({ parity: null, metrics: null })).toBeNull();
  });
});

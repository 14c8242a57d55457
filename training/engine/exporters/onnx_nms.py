"""ONNX with suppression inside: `input_0` to `detections`, for whoever wants boxes and no code behind the model."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.engine.checkpoint import Checkpoint
from training.engine.detectors.postprocess import MAX_CANDIDATES, Detections, Suppression
from training.engine.exporters import onnx as plain
from training.engine.exporters.answers import OUTPUTS, Answer, Floats, Squares, expect_boxes, scaled
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import Calibration
from training.engine.exporters.onnx_file import MODEL_FILE, NOTES, RUNTIME, run_onnx, save_described
from training.engine.exporters.resizing import asked_after, by_centres
from training.engine.targets import Verification

OUTPUT = "detections"
README = """\
{prepare}    for x_min, y_min, x_max, y_max, score, label in outputs[0][0]:
        print(open("labels.txt").read().split("\\n")[int(label)], score, (x_min, y_min, x_max, y_max))

Output: detections [1, n, 6] by falling score, n at most {most}: x_min, y_min, x_max, y_max as fractions of the image,
score ({scores}), and the label, a line of labels.txt, from 0. Overlapping boxes are already suppressed.
"""


def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> EightBits | None:
    """Write the model of target `onnx`, and suppression behind it."""
    small = plain.build_single(checkpoint, folder, quantization, calibration)
    model = onnx.load(folder / MODEL_FILE)
    _suppress(model.graph, Suppression.of(checkpoint.config))
    save_described(model, folder / MODEL_FILE, checkpoint, input_scale(checkpoint))
    return small


def _suppress(graph: onnx.GraphProto, by: Suppression) -> None:
    """Replace the outputs `scores` [1, A, 1 + labels] and `boxes` [1, A, 4] by `detections` [1, n, 6]."""
    constants = {
        "one": np.array([1], np.int64),
        "all": np.array([2**31 - 1], np.int64),
        "last": np.array([2], np.int64),
        "first": np.array([0], np.int64),
        "a_label": np.array([MAX_CANDIDATES], np.int64),
        "most": np.array([by.max_detections], np.int64),
        "iou": np.array([by.iou], np.float32),
        "least": np.array([by.score], np.float32),
        "label_column": np.array(1, np.int64),
        "box_column": np.array(2, np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items())
    steps: list[tuple[str, list[str], str, dict[str, Any]]] = [
        ("Slice", ["scores", "one", "all", "last"], "of_labels", {}),
        ("Transpose", ["of_labels"], "by_label", {"perm": [0, 2, 1]}),
        (
            "NonMaxSuppression",
            ["boxes", "by_label", "a_label", "iou", "least"],
            "kept",
            {},
        ),  # [n, 3]: image, label, row
        ("GatherND", ["by_label", "kept"], "kept_scores", {}),
        ("Shape", ["kept_scores"], "count", {}),
        ("Min", ["count", "most"], "given", {}),
        ("TopK", ["kept_scores", "given"], "best", {"axis": 0}),
        ("Gather", ["kept", "order"], "chosen", {"axis": 0}),
        ("Gather", ["chosen", "box_column"], "rows", {"axis": 1}),
        ("Gather", ["chosen", "label_column"], "label_numbers", {"axis": 1}),
        ("Squeeze", ["boxes", "first"], "all_boxes", {}),
        ("Gather", ["all_boxes", "rows"], "corners", {"axis": 0}),
        ("Unsqueeze", ["best", "one"], "score_column", {}),
        ("Cast", ["label_numbers"], "labels_as_floats", {"to": TensorProto.FLOAT}),
        ("Unsqueeze", ["labels_as_floats", "one"], "labels_column", {}),
        ("Concat", ["corners", "score_column", "labels_column"], "of_image", {"axis": 1}),
        ("Unsqueeze", ["of_image", "first"], OUTPUT, {}),
    ]
    for operator, inputs, output, attributes in steps:
        outputs = [output, "order"] if operator == "TopK" else [output]
        graph.node.append(helper.make_node(operator, inputs, outputs, **attributes))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, "n", 6]))


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped file in onnxruntime; the checkpoint's tensors are inside it."""
    content, names = (folder / MODEL_FILE).read_bytes(), (OUTPUT, *OUTPUTS[checkpoint.task].names)
    images = scaled(squares, *input_scale(checkpoint))
    milliseconds: list[float] = []
    answers = [_answer(*row) for row in run_onnx(content, checkpoint, names, images, milliseconds)]
    return Asked(Verification.RUN_HERE, RUNTIME, answers, milliseconds)


def _answer(found: Floats, scores: Floats, boxes: Floats) -> Answer:
    expect_boxes(scores, boxes)
    corners, of_boxes, labels = (torch.from_numpy(found[:, part].copy()) for part in (slice(4), 4, 5))
    return Answer(scores, boxes, Detections(corners, of_boxes, labels.long()))


input_scale = plain.input_scale


def readme(checkpoint: Checkpoint) -> str:
    prepare = plain.prepared_by(checkpoint, "onnxruntime", plain.RUN)
    most = Suppression.of(checkpoint.config).max_detections
    return README.format(prepare=prepare, most=most, scores=checkpoint.info.scoring.function)


EXPORTER = Exporter(
    target="onnx-nms",
    build=build,
    ask=ask,
    input_scale=input_scale,
    readme=readme,
    names_background=False,
    notes=NOTES,
    ask_client=asked_after(ask, "OpenCV", by_centres),
)

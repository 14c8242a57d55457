"""NVIDIA Jetson: an ONNX file as jetson-inference's detectNet and imageNet load it, of operators that TensorRT builds.

Opset 13 and the operators of `TENSORRT`: what the parser of TensorRT 8.2 takes, the last one for the Jetson Nano.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from annotations.dataset.records import Task
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.config import Config
from training.engine.data import Picture
from training.engine.detectors.anchors import pairwise_iou
from training.engine.detectors.proposals import unsuppressed
from training.engine.errors import TargetError
from training.engine.exporters import jetson_client
from training.engine.exporters.answers import Answer, Floats, Squares, expect_boxes, scaled
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import Calibration
from training.engine.exporters.onnx_file import (
    INPUT,
    MODEL_FILE,
    NOTES,
    RUNTIME,
    run_onnx,
    save_described,
    write_onnx,
)
from training.engine.exporters.rescaling import Rescaling, Scale
from training.engine.squares import Square
from training.engine.targets import Verification

ROUNDS = 41
"""Of suppression: of so many boxes that each overlap the next all are decided. Random weights make chains over 12.

Odd: after such a round only those are left that stay for sure (after an even one, what is undecided too).
"""

RUN_FILE = "run.sh"
OPSET = 13
FINER = 2
"""Pixels that the program feeds for each of the network's, along a side: it takes the nearest ones, which costs AP."""
ROWS = 1000
"""Most (anchor, label) that are looked at."""

OPERATORS = """
    Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv
    ConvTranspose Cos CumSum DepthToSpace Div Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gemm
    GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid Identity InstanceNormalization LRN LeakyRelu Less
    LessOrEqual Log LogSoftmax MatMul Max MaxPool Mean Min Mul Neg Not Or PRelu Pad Pow Range ReduceL2 ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Resize Round ScatterElements ScatterND Selu Shape Sigmoid
    Sign Sin Slice Softmax Softplus SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile TopK Transpose Unsqueeze Where
"""
TENSORRT = frozenset(OPERATORS.split())
"""Of the operators that onnx-tensorrt's docs/operators.md lists for release 8.2, those that networks of images use."""

RUN = """\
#!/bin/sh
# sh run.sh photo.jpg seen.jpg, or sh run.sh csi://0 for the camera: whatever {program} takes.
set -e
here=$(cd "$(dirname "$0")" && pwd)
# {program} keeps the engine that TensorRT built of model.onnx, and some versions go on using it for another model.
model=$(sha256sum < "$here/{model}")
if [ "$model" != "$(cat "$here/engine-of.txt" 2> /dev/null)" ]; then
    rm -f "$here/{model}".*.engine "$here/{model}.sha256sum"
    printf '%s\\n' "$model" > "$here/engine-of.txt"
fi
exec {program} --model="$here/{model}" --labels="$here/labels.txt" --input_blob={input} {flags} "$@"
"""

README = """\
On a Jetson with jetson-inference (the first start builds an engine, which takes minutes):

    sh run.sh photo.jpg seen.jpg
    sh run.sh csi://0

run.sh starts {program} and removes an engine that was built of another model. {program} stretches a picture by its
nearest pixels to {side} x {side}, of which the model takes the mean of each {finer} x {finer}; it does not turn a photo
as its EXIF says.

{outputs}
"""
DETECTED = """\
Outputs: scores [1, {rows}, 1 + labels] ({scores}; column i is line i of labels.txt, 0 the background) and boxes
[1, {rows}, 4] (x_min, y_min, x_max, y_max as fractions of the image). Each row has one label; overlapping boxes of a
label are already suppressed: their scores are 0. Give another least score by --threshold=0.3; detectNet's own is 0.5.
detectNet never shows a label that is called void.
"""
CLASSIFIED = "Output: scores [1, labels] ({scores}), called output_0, in the order of labels.txt.\n"


@dataclass(frozen=True, slots=True)
class Program:
    """The program of jetson-inference that does one task, what it feeds and reads, and how its user starts it."""

    name: str
    scale: Scale
    outputs: tuple[str, ...]
    inner: tuple[str, ...]
    """Tensors inside the model, by which it is compared with the checkpoint."""
    flags: str
    ending: Callable[[Config], nn.Module]
    """From the checkpoint's outputs to `outputs`, then `inner`."""
    answer: Callable[..., Answer]
    """What the program makes of one image's `outputs`, and `inner`, given the run's config."""
    about: str
    """What the outputs mean."""


class JetsonForm(nn.Module):
    """The export form for what a program feeds: pictures [1, 3, FINER * S, FINER * S] in its scale."""

    def __init__(self, checkpoint: Checkpoint, program: Program) -> None:
        super().__init__()
        info = checkpoint.info
        self.form, self.ending = export_form(checkpoint), program.ending(checkpoint.config)
        self.rescaling = Rescaling(program.scale, (info.mean, info.std))

    def forward(self, image: Tensor) -> Any:
        return self.ending(self.form(self.rescaling(F.avg_pool2d(image, FINER))))


class OneLabelARow(nn.Module):
    """Scores [1, A, 1 + labels] and boxes [1, A, 4] to as many of the best `ROWS` (anchor, label), suppressed.

    detectNet unites boxes that share three quarters of their area, which loses up to half of the AP; here nothing is
    left for it to unite.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.iou = config.nms_threshold

    def forward(self, outputs: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
        (scores,), (boxes,) = outputs
        count = scores.shape[1] - 1
        values, order = scores[:, 1:].flatten().topk(min(ROWS, len(scores) * count))
        anchors = torch.div(order, count, rounding_mode="trunc")
        labels, chosen = order - anchors * count, boxes[anchors]
        overlaps = (pairwise_iou(chosen, chosen) > self.iou) & (labels[:, None] == labels)
        values = values * unsuppressed(overlaps, ROUNDS)
        columns = values[:, None] * (labels[:, None] == torch.arange(count))
        return torch.cat([1 - values[:, None], columns], 1)[None], chosen[None], *outputs


def _detected(config: Config, scores: Floats, boxes: Floats, raw_scores: Floats, raw_boxes: Floats) -> Answer:
    expect_boxes(scores, boxes)
    found = jetson_client.detected(scores, boxes, config.score_threshold)
    floor = float(np.sort(raw_scores[:, 1:], axis=None)[-len(scores)])
    return Answer(raw_scores, raw_boxes, found, floor)


def _classified(_config: Config, scores: Floats) -> Answer:
    return Answer(scores)


def _as_they_are(_config: Config) -> nn.Module:
    return nn.Identity()


PROGRAMS: dict[Task, Program] = {
    "detection": Program(
        "detectnet",
        jetson_client.DETECT_NET,
        ("scores", "boxes"),
        ("raw_scores", "raw_boxes"),
        "--output_cvg=scores --output_bbox=boxes",
        OneLabelARow,
        _detected,
        DETECTED,
    ),
    "classification": Program(
        "imagenet",
        jetson_client.IMAGE_NET,
        ("output_0",),
        (),
        "--output_blob=output_0",
        _as_they_are,
        _classified,
        CLASSIFIED,
    ),
}


def build(checkpoint: Checkpoint, folder: Path, _quantization: str, _calibration: Calibration) -> None:
    """Write the model and its script. Raises TargetError where TensorRT can't build the model."""
    program, path = PROGRAMS[checkpoint.task], folder / MODEL_FILE
    names = (*program.outputs, *program.inner)
    model = write_onnx(JetsonForm(checkpoint, program), FINER * checkpoint.image_size, path, names, OPSET)
    del model.graph.output[len(program.outputs) :]
    expect_tensorrt(model, checkpoint.info.title)
    save_described(model, path, checkpoint, program.scale)
    run = RUN.format(program=program.name, model=MODEL_FILE, input=INPUT, flags=program.flags)
    (folder / RUN_FILE).write_text(run, encoding="utf-8")


def expect_tensorrt(model: onnx.ModelProto, title: str) -> None:
    """Raises TargetError, naming them, where the model has operators that are not in `TENSORRT`."""
    foreign = sorted({node.op_type for node in model.graph.node} - TENSORRT)
    if foreign:
        raise TargetError(f"{title} can't be converted to jetson: TensorRT 8.2 has no {', '.join(foreign)}.")


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped file in onnxruntime, on squares whose pixels are repeated to what the program feeds."""
    milliseconds: list[float] = []
    finer = (square.repeat(FINER, 0).repeat(FINER, 1) for square in squares)
    answers = _ask(folder, checkpoint, finer, milliseconds)
    return Asked(Verification.RUN_HERE, RUNTIME, answers, milliseconds)


def ask_client(folder: Path, checkpoint: Checkpoint, pictures: Iterable[Picture]) -> Asked:
    """What jetson-inference's program would say, where TensorRT computes as onnxruntime does."""
    side, name = FINER * checkpoint.image_size, PROGRAMS[checkpoint.task].name
    answers = _ask(folder, checkpoint, (jetson_client.sampled(picture, side) for picture in pictures), [])
    return Asked(Verification.RUN_HERE, name, answers)


def _ask(folder: Path, checkpoint: Checkpoint, squares: Iterable[Square], milliseconds: list[float]) -> list[Answer]:
    program, content = PROGRAMS[checkpoint.task], (folder / MODEL_FILE).read_bytes()
    names = (*program.outputs, *program.inner)
    images = scaled(squares, *program.scale)
    given = run_onnx(content, checkpoint, names, images, milliseconds)
    return [program.answer(checkpoint.config, *row) for row in given]


def input_scale(checkpoint: Checkpoint) -> Scale:
    return PROGRAMS[checkpoint.task].scale


def readme(checkpoint: Checkpoint) -> str:
    program = PROGRAMS[checkpoint.task]
    outputs = program.about.format(scores=checkpoint.info.scoring.function, rows=ROWS)
    side = FINER * checkpoint.image_size
    return README.format(program=program.name, side=side, finer=FINER, outputs=outputs)


EXPORTER = Exporter(
    target="jetson",
    build=build,
    ask=ask,
    input_scale=input_scale,
    readme=readme,
    names_background=True,
    notes=NOTES,
    ask_client=ask_client,
)

"""A fourth target, for tests only: one module and one row. As a plugin of pytest it is in the table before collection.

Its 8-bit quantization takes the range of its input from the calibration images.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.engine.catalog import Rgb
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.exporters.answers import OUTPUTS, Squares, scaled
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import Calibration
from training.engine.targets import EXACT, TARGETS, ParityLimits, TargetInfo, Verification

MODEL_FILE = "model.pt2"
WEIGHTS_FILE, RANGE_FILE = "weights.pt", "range.json"


def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> None:
    form, size = export_form(checkpoint), checkpoint.image_size
    if quantization == "int8":
        squares = calibration()
        (folder / RANGE_FILE).write_text(json.dumps([int(squares.min()), int(squares.max())]))
        torch.save({name: _to_bytes(tensor) for name, tensor in form.state_dict().items()}, folder / WEIGHTS_FILE)
    else:
        torch.export.save(torch.export.export(form, (torch.zeros(1, 3, size, size),)), folder / MODEL_FILE)


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    if (folder / RANGE_FILE).exists():
        squares = np.clip(squares, *json.loads((folder / RANGE_FILE).read_text()))
        model = export_form(checkpoint)
        model.load_state_dict({name: q * step for name, (q, step) in torch.load(folder / WEIGHTS_FILE).items()})
    else:
        model = torch.export.load(folder / MODEL_FILE).module()
    answers = []
    for image in scaled(squares, *input_scale(checkpoint)):
        with torch.inference_mode():
            outputs = model(torch.from_numpy(image.transpose(2, 0, 1)[None].copy()))
        few = outputs if isinstance(outputs, tuple) else (outputs,)
        answers.append(OUTPUTS[checkpoint.task].answer(checkpoint.config, *(output[0].numpy() for output in few)))
    return Asked(Verification.RUN_HERE, f"torch {torch.__version__}", answers)


def input_scale(checkpoint: Checkpoint) -> tuple[Rgb, Rgb]:
    return checkpoint.info.mean, checkpoint.info.std


def readme(checkpoint: Checkpoint) -> str:
    return f"Load {MODEL_FILE} with torch.export.load; its input is [1, 3, {checkpoint.image_size}, …]."


def _to_bytes(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Eight bits a value and the step between two values, one for each output channel of a convolution."""
    if weights.dim() != 4:
        return weights, torch.ones(())
    step = weights.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-9) / 127
    return (weights / step).round().to(torch.int8), step


EXPORTER = Exporter(
    target="program", build=build, ask=ask, input_scale=input_scale, readme=readme, names_background=True
)
TARGETS["program"] = TargetInfo(
    name="program",
    title="torch program",
    module=__name__,
    for_whom="tests",
    limits={"none": EXACT, "int8": ParityLimits(box_share=0.2, score=0.6, metric_loss=1.0)},
)

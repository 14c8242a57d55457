"""ONNX, opset 17: `input_0` to `scores` and `boxes`, the names that jetson-inference's detectNet looks for."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from annotations.dataset.records import Task
from training.engine import tiles
from training.engine.catalog import Rgb
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.exporters.answers import OUTPUTS, Squares, scaled
from training.engine.exporters.exporter import Asked, Exporter, Notes
from training.engine.exporters.images import Calibration
from training.engine.targets import Verification

MODEL_FILE = "model.onnx"
INPUT = "input_0"
OPSET = 17

PREPARE = """\
    import numpy as np, onnxruntime
    from PIL import Image
    image = Image.open("photo.jpg").convert("RGB").resize(({size}, {size}))
    mean, std = np.array({mean}, "float32"), np.array({std}, "float32")
    x = ((np.asarray(image, "float32") - mean) / std).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession("model.onnx")
"""
EXAMPLES: dict[Task, str] = {
    "detection": """\
    scores, boxes = (output[0] for output in session.run(["scores", "boxes"], {{"input_0": x}}))
    anchor, label = divmod(int(scores[:, 1:].argmax()), scores.shape[1] - 1)
    print(open("labels.txt").read().split("\\n")[label + 1], scores[anchor, label + 1], boxes[anchor])

Outputs: scores [1, A, 1 + labels] ({scores}; column i is line i of labels.txt, 0 the background) and boxes [1, A, 4]
(x_min, y_min, x_max, y_max as fractions of the image). Overlapping boxes are still in: apply non-maximum suppression.
""",
    "classification": """\
    scores = session.run(["scores"], {{"input_0": x}})[0][0]
    print(open("labels.txt").read().split("\\n")[scores.argmax()], scores.max())

Output: scores [1, labels] ({scores}), in the order of labels.txt.
""",
}


def build(checkpoint: Checkpoint, folder: Path, _quantization: str, _calibration: Calibration) -> None:
    """Write the slimmed model."""
    import onnxslim

    path = str(folder / MODEL_FILE)
    _trace(export_form(checkpoint), checkpoint, path)
    with _quiet():
        onnxslim.slim(path, path)


def write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    """As `metadata_props`, which Netron and onnxruntime show."""
    import onnx

    model = onnx.load(folder / MODEL_FILE)
    onnx.helper.set_model_props(model, read_notes(folder) | dict(notes))
    onnx.save(model, folder / MODEL_FILE)


def read_notes(folder: Path) -> dict[str, str]:
    import onnx

    return {entry.key: entry.value for entry in onnx.load(folder / MODEL_FILE).metadata_props}


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped file in onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    content = (folder / MODEL_FILE).read_bytes()
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    outputs, answers = OUTPUTS[checkpoint.task], []
    for image in scaled(squares, *input_scale(checkpoint)):
        given = session.run(outputs.names, {INPUT: np.ascontiguousarray(image.transpose(2, 0, 1)[None])})
        answers.append(outputs.answer(checkpoint.config, *(output[0] for output in given)))
    return Asked(Verification.RUN_HERE, f"onnxruntime {onnxruntime.__version__}", answers)


def input_scale(checkpoint: Checkpoint) -> tuple[Rgb, Rgb]:
    return checkpoint.info.mean, checkpoint.info.std


def readme(checkpoint: Checkpoint) -> str:
    mean, std = (list(values) for values in input_scale(checkpoint))
    text = PREPARE + EXAMPLES[checkpoint.task]
    return text.format(size=checkpoint.image_size, mean=mean, std=std, scores=checkpoint.info.scoring.function)


def _trace(form: nn.Module, checkpoint: Checkpoint, path: str) -> None:
    """By tracing: the newer exporter needs one more dependency and gives a larger graph."""
    size = checkpoint.image_size
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            form,
            (torch.zeros(1, 3, size, size),),
            path,
            dynamo=False,
            input_names=[INPUT],
            output_names=OUTPUTS[checkpoint.task].names,
            opset_version=OPSET,
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The tracer warns of its own age and of every Python number it meets; parity says whether that mattered."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


EXPORTER = Exporter(
    target="onnx",
    build=build,
    ask=ask,
    input_scale=input_scale,
    readme=readme,
    names_background=True,
    notes=Notes(write_notes, read_notes),
    libraries=lambda: {"tiles.py": Path(tiles.__file__)},
)

"""Writes, describes and runs ONNX files: what the targets that ship one share."""

import contextlib
import json
import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException
from torch import nn

from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters.answers import BACKGROUND, OUTPUTS, Floats, lap
from training.engine.exporters.exporter import Notes
from training.engine.exporters.onnx_folding import folded
from training.engine.exporters.rescaling import Scale

MODEL_FILE = "model.onnx"
INPUT = "input_0"
BATCH = "batch"
"""What the first dimension is called where it is free."""
FEW, SAME = 2, 1e-5
RUNTIME = f"onnxruntime {onnxruntime.__version__}"


def write_onnx(
    form: nn.Module, size: int, path: Path, outputs: Sequence[str], opset: int = 17, *, any_batch: bool = False
) -> onnx.ModelProto:
    """What the form makes of one image, or of as many as are given, folded.

    Traced: the newer exporter wants one more dependency, and its graph is larger.
    """
    free = {name: {0: BATCH} for name in (INPUT, *outputs)} if any_batch else {}
    with quiet(), torch.no_grad():
        torch.onnx.export(
            form,
            (torch.zeros(1, 3, size, size),),
            str(path),
            dynamo=False,
            input_names=[INPUT],
            output_names=list(outputs),
            opset_version=opset,
            dynamic_axes=free,
        )
    return folded(path)


def save_described(model: onnx.ModelProto, path: Path, checkpoint: Checkpoint, scale: Scale) -> None:
    """Check the model and write it, with what its user must know as its `metadata_props`, each as JSON."""
    onnx.checker.check_model(model, full_check=True)
    model.producer_name, model.producer_version = "Boxwright", ""
    about = {
        "labels": labels_of(checkpoint),
        "task": checkpoint.task,
        "model": checkpoint.model,
        "image": {"size": checkpoint.image_size, "channels": "RGB", "mean": scale[0], "std": scale[1]},
    }
    onnx.helper.set_model_props(model, {name: json.dumps(value) for name, value in about.items()})
    onnx.save(model, path)


def _write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    model = _parsed((folder / MODEL_FILE).read_bytes())
    onnx.helper.set_model_props(model, _props(model) | dict(notes))
    onnx.save(model, folder / MODEL_FILE)


def _read_notes(folder: Path) -> dict[str, str]:
    return _props(_parsed((folder / MODEL_FILE).read_bytes()))


def _props(model: onnx.ModelProto) -> dict[str, str]:
    return {prop.key: prop.value for prop in model.metadata_props}


NOTES = Notes(_write_notes, _read_notes)
"""As `metadata_props`, which Netron and onnxruntime show."""


def labels_of(checkpoint: Checkpoint) -> list[str]:
    """The columns of `scores`."""
    return [*([BACKGROUND] if OUTPUTS[checkpoint.task].has_background else []), *checkpoint.labels]


def expect_labels(told: str | None, checkpoint: Checkpoint) -> None:
    """Raises ParityError where a file's own `labels` are others than the checkpoint's."""
    if told != json.dumps(labels_of(checkpoint)):
        raise ParityError("The model's file names other labels than the checkpoint it was made of.")


def read_onnx(content: bytes, checkpoint: Checkpoint) -> onnx.ModelProto:
    """A described model. Raises ParityError on a damaged file, or one whose own labels are others."""
    model = _parsed(content)
    expect_labels(_props(model).get("labels"), checkpoint)
    return model


def _parsed(content: bytes) -> onnx.ModelProto:
    try:
        return onnx.load_model_from_string(content)
    except DecodeError as error:
        raise ParityError("The model's file is damaged.") from error


def run_onnx(
    content: bytes,
    checkpoint: Checkpoint,
    outputs: Sequence[str],
    images: Iterable[Floats],
    milliseconds: list[float] | None = None,
) -> Iterator[list[Floats]]:
    """These tensors of the model, inner ones too, on one thread, of each image [S, S, 3] by itself.

    Raises ParityError where the file is damaged, or its own labels are others.
    """
    model = read_onnx(content, checkpoint)
    given = {output.name for output in model.graph.output}
    inner = [onnx.helper.make_empty_tensor_value_info(name) for name in outputs if name not in given]
    model.graph.output.extend(inner)
    yield from run_model(model.SerializeToString() if inner else content, outputs, images, milliseconds)


def run_model(
    content: bytes, outputs: Sequence[str], images: Iterable[Floats], milliseconds: list[float] | None = None
) -> Iterator[list[Floats]]:
    """These outputs, on one thread, of each image [S, S, 3] by itself."""
    session = _session(content)
    for image in images:
        given = fed(image)
        with lap(milliseconds):
            found = session.run(outputs, given)
        yield [output[0] for output in found]


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def takes_batches(model: onnx.ModelProto, size: int) -> bool:
    """Whether it says of several images just what it says of each by itself; found by asking about noise."""
    images = np.random.default_rng(0).normal(size=(FEW, 3, size, size)).astype(np.float32)
    session = _session(model.SerializeToString())
    try:
        together = session.run(None, {INPUT: images})
    except (Fail, InvalidArgument, RuntimeException):  # a constant of the graph counts one image
        return False
    alone = [session.run(None, {INPUT: image[None]}) for image in images]
    pairs = zip(together, map(np.concatenate, zip(*alone, strict=True)), strict=True)
    return all(one.shape == other.shape and np.allclose(one, other, atol=SAME) for one, other in pairs)


def fed(image: Floats) -> dict[str, Floats]:
    """What a session is given for an image [S, S, 3]."""
    return {INPUT: np.ascontiguousarray(image.transpose(2, 0, 1)[None])}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The tracer and the quantizer warn of what parity tells: whether it mattered."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)

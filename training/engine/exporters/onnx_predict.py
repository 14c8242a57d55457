"""What a checkpoint sees in pictures, by its ONNX form in onnxruntime: a CPU takes two thirds of torch's time."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_square
from training.engine.exporters import onnx
from training.engine.exporters.accuracy import JUDGES
from training.engine.exporters.answers import OUTPUTS, Floats, scaled
from training.engine.exporters.onnx_file import MODEL_FILE, run_onnx
from training.engine.predict import upright_size
from training.engine.squares import cut


def predict_with_onnx(
    checkpoint: Checkpoint, images: Sequence[Path], check_stop: Callable[[], None] = lambda: None
) -> Iterator[list[AnnotationRecord]]:
    """As `predict.predict`, on one thread. Raises DataError on a damaged file."""
    outputs = OUTPUTS[checkpoint.task]
    rows = run_onnx(_converted(checkpoint), checkpoint, outputs.names, _inputs(checkpoint, images))
    for path in images:
        check_stop()
        width, height = upright_size(path)
        answers = [outputs.answer(checkpoint.config, *row) for row in islice(rows, checkpoint.config.tiles**2)]
        image = ImageRecord(path.name, sha256="", width=width, height=height)
        yield from JUDGES[checkpoint.task].annotations(answers, checkpoint, [image])


def _converted(checkpoint: Checkpoint) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        onnx.build_single(checkpoint, Path(folder), "none", lambda: np.empty(0, np.uint8))  # floats are not calibrated
        return (Path(folder) / MODEL_FILE).read_bytes()


def _inputs(checkpoint: Checkpoint, images: Sequence[Path]) -> Iterator[Floats]:
    """Each picture's tiles, decoded when they are asked for."""
    scale = onnx.input_scale(checkpoint)
    for path in images:
        square = read_square(path, checkpoint.picture_size)
        yield from scaled(cut(square[None], checkpoint.image_size, checkpoint.config.tiles), *scale)

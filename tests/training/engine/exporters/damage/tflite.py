from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.training.engine.exporters.damage.said import MOVED
from training.engine.exporters.flatbuffer import read_model, write_model


def scale(folder: Path) -> None:
    """The largest weight tensor, ten percent up."""
    model = read_model((folder / "model.tflite").read_bytes())
    largest = max((b for b in model.buffers if b.data is not None), key=lambda b: len(b.data))
    largest.data = np.frombuffer((np.frombuffer(largest.data.tobytes(), np.float32) * 1.1).tobytes(), np.uint8)
    (folder / "model.tflite").write_bytes(write_model(model))


DAMAGE: dict[Callable[[Path], None], str] = {scale: MOVED}

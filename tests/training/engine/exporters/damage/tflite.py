import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.training.engine.exporters.damage.said import MOVED, REFUSED
from training.engine.exporters.flatbuffer import read_model, write_model
from training.engine.exporters.tflite_metadata import LABELS_FILE, append_files, appended_files


def with_model(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Of the graph; what is appended to it stays."""

    def damage(folder: Path) -> None:
        path = folder / "model.tflite"
        model, files = read_model(path.read_bytes()), appended_files(path)
        change(model)
        path.write_bytes(write_model(model))
        append_files(path, files)

    return damage


def scale(model: Any) -> None:
    """The largest layer's weights, one percent up."""
    largest = max((b for b in model.buffers if b.data is not None), key=lambda b: len(b.data))
    largest.data = np.frombuffer((np.frombuffer(largest.data.tobytes(), np.float32) * np.float32(1.01)), np.uint8)


def swap_outputs(model: Any) -> None:
    """Each box's label and its score."""
    outputs = model.subgraphs[0].outputs
    outputs[1], outputs[2] = outputs[2], outputs[1]


def drop_label(folder: Path) -> None:
    path = folder / "model.tflite"
    labels = appended_files(path)[LABELS_FILE].splitlines()[:-1]
    with zipfile.ZipFile(path) as archive:
        at = min(entry.header_offset for entry in archive.infolist())
    path.write_bytes(path.read_bytes()[:at])
    append_files(path, {LABELS_FILE: "\n".join(labels) + "\n"})


def corrupt(folder: Path) -> None:
    """The file's first byte."""
    content = (folder / "model.tflite").read_bytes()
    (folder / "model.tflite").write_bytes(b"\xff" + content[1:])


def cut(folder: Path) -> None:
    """The file's last bytes, where its labels are listed."""
    content = (folder / "model.tflite").read_bytes()
    (folder / "model.tflite").write_bytes(content[:-30])


DAMAGE: dict[Callable[[Path], None], str] = {
    with_model(scale): MOVED,
    with_model(swap_outputs): MOVED,
    drop_label: r"names other labels",
    corrupt: REFUSED,
    cut: REFUSED,
}

"""The metadata that lets MediaPipe load a `.tflite` as it is: normalisation, labels, the meaning of each output.

Nested dicts stand for the tables of TensorFlow Lite's metadata_schema.fbs (file identifier M001): a key is the
field's place in its table, as the schema counts, a union taking two. Only what MediaPipe reads is written.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from training.engine.errors import ParityError
from training.engine.exporters.flatbuffer import add_buffer, read_model, write_model

LABELS_FILE = "labels.txt"
ENTRY_NAME = "TFLITE_METADATA"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same model gives the same bytes

FEATURE, IMAGE, BOX = np.uint8(1), np.uint8(2), np.uint8(3)  # union ContentProperties
NORMALIZATION = np.uint8(1)  # union ProcessUnitOptions
AXIS_LABELS, VALUE_LABELS = np.uint8(2), np.uint8(3)  # enum AssociatedFileType
RGB, BOUNDARIES = np.uint8(1), np.uint8(1)  # enums ColorSpaceType, BoundingBoxType

Table = dict[int, Any]


@dataclass(frozen=True, slots=True)
class Description:
    """What the metadata says of a model. `mean` and `std` are on pixels 0..255: input = (pixel - mean) / std."""

    name: str
    labels: Sequence[str]
    mean: Sequence[float]
    std: Sequence[float]


def describe_detector(content: bytes, description: Description) -> bytes:
    """Add metadata and labels to a model that ends in TFLite_Detection_PostProcess."""
    return _describe(content, description, _detector_outputs(), "1.2.0")


def describe_classifier(content: bytes, description: Description) -> bytes:
    """Add metadata and labels to a model with the one output [1, labels]."""
    return _describe(content, description, _classifier_outputs(), "1.0.0")


def _describe(content: bytes, description: Description, outputs: Table, parser_version: str) -> bytes:
    subgraph = {2: [_image_input(description)]} | outputs
    root = {0: description.name, 3: [subgraph], 7: parser_version}
    builder = flatbuffers.Builder(1024)
    builder.Finish(_write_table(builder, root), b"M001")
    return _append_labels(_attach(content, bytes(builder.Output())), description.labels)


def _image_input(description: Description) -> Table:
    mean, std = (np.asarray(values, np.float32) for values in (description.mean, description.std))
    return {
        0: "image",
        1: "Input image, RGB.",
        3: {0: IMAGE, 1: {0: RGB}},
        4: [{0: NORMALIZATION, 1: {0: mean, 1: std}}],
        5: {0: (255 - mean) / std, 1: -mean / std},  # largest and smallest value
    }


def _detector_outputs() -> Table:
    per_box = {0: 2, 1: 2}  # the value range of dimensions: these outputs have one entry a box
    corners = {0: np.array([1, 0, 3, 2], np.uint32), 1: BOUNDARIES}  # where x_min, y_min, x_max, y_max stand
    tensors = [
        {0: "location", 1: "Boxes as fractions of the image.", 3: {0: BOX, 1: corners, 2: per_box}},
        {0: "category", 1: "Label of each box.", 3: {0: FEATURE, 1: {}, 2: per_box}, 6: [_label_file(VALUE_LABELS)]},
        {0: "score", 1: "Score of each box.", 3: {0: FEATURE, 1: {}, 2: per_box}, 5: _unit_range()},
        {0: "number of detections", 1: "How many boxes there are.", 3: {0: FEATURE, 1: {}}},
    ]
    return {3: tensors, 8: [{0: "detection_result", 1: ["location", "category", "score"]}]}


def _classifier_outputs() -> Table:
    score = {0: "score", 1: "Score of each label.", 3: {0: FEATURE, 1: {}}, 5: _unit_range()}
    return {3: [score | {6: [_label_file(AXIS_LABELS)]}]}


def _label_file(kind: np.uint8) -> Table:
    return {0: LABELS_FILE, 1: "Labels, one a line.", 2: kind}


def _unit_range() -> Table:
    return {0: np.array([1], np.float32), 1: np.array([0], np.float32)}


def _write_table(builder: Any, table: Table) -> int:
    """Children first: a flatbuffer's table may only point at what is already written."""
    written = {place: _write_child(builder, value) for place, value in table.items()}
    builder.StartObject(max(table, default=-1) + 1)
    for place, value in written.items():
        if isinstance(table[place], np.uint8):
            builder.PrependUint8Slot(place, int(value), 0)
        elif isinstance(table[place], int):
            builder.PrependInt32Slot(place, value, 0)
        else:
            builder.PrependUOffsetTRelativeSlot(place, value, 0)
    return int(builder.EndObject())


def _write_child(builder: Any, value: Any) -> Any:
    """The offset of a table, text, array or list in the buffer; a number stays itself."""
    if isinstance(value, dict):
        return _write_table(builder, value)
    if isinstance(value, str):
        return builder.CreateString(value)
    if isinstance(value, np.ndarray):
        return builder.CreateNumpyVector(value)
    if isinstance(value, list):
        offsets = [_write_child(builder, item) for item in value]
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return builder.EndVector()
    return value


def _attach(content: bytes, metadata: bytes) -> bytes:
    model = read_model(content)
    entry = schema.MetadataT()
    entry.name, entry.buffer = ENTRY_NAME, add_buffer(model, metadata)
    model.metadata.append(entry)
    return write_model(model)


def append_files(path: Path, texts: Mapping[str, str]) -> None:
    """Beside the labels in the zip behind the flatbuffer: readers of either format ignore the other."""
    with path.open("r+b") as file, zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), text)


def appended_files(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _append_labels(content: bytes, labels: Sequence[str]) -> bytes:
    """As `append_files`, a line each."""
    file = io.BytesIO(content)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(LABELS_FILE, ZIP_DATE), _lines(labels))
    return file.getvalue()


def expect_labels(path: Path, labels: Sequence[str]) -> None:
    """Raises ParityError where the file's own labels are others, or what is behind the flatbuffer is damaged."""
    try:
        told = appended_files(path).get(LABELS_FILE)
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ParityError("The model's file is damaged.") from error
    if told != _lines(labels):
        raise ParityError("The model's file names other labels than the checkpoint it was made of.")


def _lines(labels: Sequence[str]) -> str:
    return "".join(f"{' '.join(label.split())}\n" for label in labels)

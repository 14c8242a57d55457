"""Reads published weights of TensorFlow's SSD-MobileNetV1: `detect.tflite`, a zip with it, and a state dict made of it.

All have BatchNorm folded, boxes as (y, x, height, width) and a first column of scores that means nothing. pytorch-ssd's
files are no matter of this module: they are state dicts of its own edition, whose row maps the names.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from training.engine.detectors.ssd_mobilenet_v1 import CHANNELS, EDITIONS, EXTRA_CHANNELS, Edition
from training.engine.errors import WeightsError
from training.engine.importers.tflite_layers import Layer, layers_of
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State

TFLITE_MARK = b"TFL3"
TFLITE_NAME = "detect.tflite"
NORM_EPSILON = 1e-5
X_BEFORE_Y = [1, 0, 3, 2]
"""From (y, x, height, width) to (x, y, width, height)."""

TRUNK_BLOCKS = ("features.0.0", *(f"features.{i}.{place}" for i in range(1, len(CHANNELS)) for place in (0, 3)))
EXTRA_BLOCKS = tuple(f"extras.{i}.{place}" for i in range(len(EXTRA_CHANNELS)) for place in (0, 3))
CONVOLUTIONS = TRUNK_BLOCKS + EXTRA_BLOCKS
"""Our names of the convolutions before the heads, from the pixels on; the BatchNorm of `features.1.3` is 4."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A file's convolutions: one a name of CONVOLUTIONS, and the heads of each map."""

    before_heads: list[Layer]
    boxes: list[Layer]
    classes: list[Layer]


def read(path: Path, info: ModelInfo) -> State:
    """The `WeightReader` of TensorFlow's files. Raises WeightsError where the file is of another network."""
    edition, columns = EDITIONS[info.name], 1 + info.weights.label_count
    content = _tflite(path)
    layers = _of_tflite(content, edition) if content else _of_state_dict(path)
    if layers is None or not len(layers.boxes) == len(layers.classes) == len(edition.anchors_per_cell):
        raise WeightsError(f"{path.name} holds no SSD with MobileNetV1 as TensorFlow publishes it.")
    first = len(layers.before_heads[0][0])
    if first != edition.channels(CHANNELS[0]):
        raise WeightsError(f"{path.name} is of width {first / CHANNELS[0]:g}; {info.title} is {edition.width:g} wide.")
    found = len(layers.classes[0][0]) // edition.anchors_per_cell[0]
    if found != columns:
        raise WeightsError(f"{path.name} tells {found - 1} labels apart, not {info.weights.label_count}.")
    return _state(layers, edition)


def _tflite(path: Path) -> bytes | None:
    """The content of the `.tflite` that the file is or holds."""
    content = path.read_bytes()
    if content[4:8] == TFLITE_MARK:  # asked first: labels are appended to some as a zip
        return content
    if zipfile.is_zipfile(path):  # torch's files are zips, too
        with zipfile.ZipFile(path) as archive:
            return archive.read(TFLITE_NAME) if TFLITE_NAME in archive.namelist() else None
    return None


def _of_tflite(content: bytes, edition: Edition) -> Layers | None:
    chain, heads = layers_of(content)
    if len(chain) != len(CONVOLUTIONS):
        return None
    boxes, classes = [], []
    for of_map, places in zip(heads, edition.anchors_per_cell, strict=False):
        boxes += [layer for layer in of_map if len(layer[0]) == 4 * places]
        classes += [layer for layer in of_map if len(layer[0]) != 4 * places]
    return Layers(chain, boxes, classes)


def _of_state_dict(path: Path) -> Layers | None:
    """`features.1.1.0.weight` for our `features.1.3`, `box.0.weight` and `cls.0.weight`, in any precision."""
    state: State = torch.load(path, map_location="cpu", weights_only=True)
    names = ["features.0.0", *(f"{name[:-1]}{int(name[-1]) // 3}.0" for name in CONVOLUTIONS[1:])]
    if any(f"{name}.weight" not in state for name in names):
        return None

    def layer(name: str) -> Layer:
        return state[f"{name}.weight"].float(), state[f"{name}.bias"].float()

    maps = [i for i in range(len(state)) if f"box.{i}.weight" in state and f"cls.{i}.weight" in state]
    return Layers([layer(name) for name in names], [layer(f"box.{i}") for i in maps], [layer(f"cls.{i}") for i in maps])


def _state(layers: Layers, edition: Edition) -> State:
    state: State = {}
    for name, (weight, bias) in zip(CONVOLUTIONS, layers.before_heads, strict=True):
        block, _, place = name.rpartition(".")
        state |= {f"{name}.weight": weight} | _norm(f"{block}.{int(place) + 1}", bias)
    for i, (places, box, label) in enumerate(zip(edition.anchors_per_cell, layers.boxes, layers.classes, strict=True)):
        state |= _head(f"box_heads.{i}", box, places, X_BEFORE_Y)
        state |= _head(f"class_heads.{i}", label, places, list(range(1, len(label[0]) // places)))
    return state


def _norm(name: str, bias: Tensor) -> State:
    """A BatchNorm that only adds `bias`."""
    ones = torch.ones_like(bias)
    return {
        f"{name}.weight": ones,
        f"{name}.bias": bias,
        f"{name}.running_mean": torch.zeros_like(bias),
        f"{name}.running_var": ones - NORM_EPSILON,
    }


def _head(name: str, layer: Layer, places: int, columns: list[int]) -> State:
    """The given columns of a head's rows, for each of its anchors."""
    weight, bias = layer
    rows = weight.view(places, -1, *weight.shape[1:])[:, columns]
    return {f"{name}.weight": rows.flatten(0, 1), f"{name}.bias": bias.view(places, -1)[:, columns].flatten()}

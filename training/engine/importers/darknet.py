"""Reads darknet's `.weights` into the networks of ours that number their layers as darknet does.

A file is a header (major, minor, revision: int32; images seen: int64 from version 0.2 on, int32 before) and then, layer
by layer without names or shapes, little-endian float32: of a convolution its biases, the scales, means and variances of
its BatchNorm, its weights [out, in, height, width]. `darknet partial` writes the first layers only. Versions over 1000
store connected layers transposed; these networks have none.
"""

import struct
from bisect import bisect
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.engine.errors import WeightsError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State

VERSION = struct.Struct("<3i")
LARGEST_VERSION = 10_000
"""What starts with a larger number is a file of another kind."""
FLOAT_BYTES = 4

NORMALISED = ("norm.bias", "norm.weight", "norm.running_mean", "norm.running_var", "conv.weight")
LINEAR = ("bias", "weight")
"""The order of a layer's tensors."""

BACKBONES = {79_327_104: "Darknet-19's first 23 layers", 162_482_560: "Darknet-53's first 74 layers"}
"""By the bytes of their numbers: what darknet's users have at hand, and what fits only larger networks."""

Layer = dict[str, Tensor]
"""A layer's tensors by their names in our state dict, in the order of the file; empty where it has none."""


def read(path: Path, info: ModelInfo) -> State:
    """The `WeightReader` of whole and of partial files: only what the file has is in the state.

    Heads of another number of labels are left out. Raises WeightsError where no layer ends with the file.
    """
    header = _header_bytes(path)
    size = path.stat().st_size - header
    layers = _layers(info, info.weights.label_count)
    written = layers if size in _ends(layers) else _with_other_heads(size, info)
    if written is None:
        raise WeightsError(f"{path.name} {_misfit(size, header, layers, info)}")
    numbers = torch.from_numpy(np.fromfile(path, "<f4", offset=header))
    state = _state(written, numbers, path, info)
    fitting = {name: tensor.shape for layer in layers for name, tensor in layer.items()}
    return {name: tensor for name, tensor in state.items() if tensor.shape == fitting.get(name, tensor.shape)}


def _header_bytes(path: Path) -> int:
    with path.open("rb") as file:
        version = file.read(VERSION.size)
    if len(version) < VERSION.size:
        raise WeightsError(f"{path.name} has {len(version)} bytes: darknet's header alone has 16 or 20.")
    major, minor, _ = VERSION.unpack(version)
    if not (0 <= major < LARGEST_VERSION and 0 <= minor < LARGEST_VERSION):
        raise WeightsError(f"{path.name} is no file of darknet's: its version would be {major}.{minor}.")
    has_long_count = major * 10 + minor >= 2 and major < 1000 and minor < 1000
    return VERSION.size + (8 if has_long_count else 4)


def _layers(info: ModelInfo, label_count: int) -> list[Layer]:
    network = build_network(info, label_count, info.image_size)
    tensors = network.state_dict()
    modules = network.get_submodule("layers")
    return [_layer(f"layers.{i}", module, tensors) for i, module in enumerate(modules.children())]


def _layer(name: str, module: nn.Module, tensors: State) -> Layer:
    order = LINEAR if isinstance(module, nn.Conv2d) else NORMALISED
    names = [f"{name}.{part}" for part in order]
    return {name: tensors[name] for name in names if name in tensors}


def _ends(layers: list[Layer]) -> list[int]:
    """Bytes of the numbers up to each layer."""
    return list(accumulate(FLOAT_BYTES * sum(tensor.numel() for tensor in layer.values()) for layer in layers))


def _with_other_heads(size: int, info: ModelInfo) -> list[Layer] | None:
    """The whole network of as many labels as make its numbers `size` bytes."""
    of_one, of_two = (_ends(_layers(info, count))[-1] for count in (1, 2))
    more, rest = divmod(size - of_one, of_two - of_one)
    return _layers(info, 1 + more) if more >= 0 and rest == 0 else None


def _misfit(size: int, header: int, layers: list[Layer], info: ModelInfo) -> str:
    ends = [0, *_ends(layers)]
    whole = f"all of it, with {info.weights.label_count} labels, takes {header + ends[-1]:,}"
    if size in BACKBONES:
        return f"holds {BACKBONES[size]}: {info.title} has others. Take {info.weights.file_name} instead."
    if size > ends[-1]:
        return f"has {header + size:,} bytes, too many for {info.title}: {whole}."
    layer = bisect(ends, size) - 1
    before, after = header + ends[layer], header + ends[layer + 1]
    return (
        f"has {header + size:,} bytes and ends inside layer {layer} of {info.title}: "
        f"the layers before it take {before:,}, with it {after:,}; {whole}."
    )


def _state(layers: list[Layer], numbers: Tensor, path: Path, info: ModelInfo) -> State:
    """The numbers cut into the tensors of the first layers, as far as they go."""
    shapes = {name: tensor.shape for layer in layers for name, tensor in layer.items()}
    state, start = {}, 0
    for name, shape in shapes.items():
        if start == len(numbers):
            break
        state[name] = numbers[start : start + shape.numel()].view(shape)
        start += shape.numel()
        if not torch.isfinite(state[name]).all() or (name.endswith("running_var") and (state[name] < 0).any()):
            raise WeightsError(f"{path.name} holds no weights of {info.title}: {name} can't be as it is there.")
    return state | {name: torch.tensor(0) for name in map(_counter, state) if name}


def _counter(name: str) -> str:
    """Of batches, which torch's BatchNorm keeps beside its variances; empty for other tensors."""
    return name.replace("running_var", "num_batches_tracked") if name.endswith("running_var") else ""

"""A file of weights that somebody brings as the base of a run: a checkpoint of ours, or weights of the run's model.

Nothing in it is executed, and nothing that it says of itself is believed: types and sizes are looked at before a
network is built for it. Weights may have any number of labels, whose names the file does not tell.
"""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.engine import checkpoint
from training.engine.catalog import model_info
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.errors import BaseFileError, CheckpointError, WeightsError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State, base_labels, read_weights
from training.engine.weights import completed, load_state

MOST_LABELS = 30_000
"""More than any published classifier tells apart: a head of more would be somebody's way to fill the memory."""
MOST_UNPACKED = 2
"""Times its own size that a zip may unpack to."""
LETTERS = 12
"""Of the file's hash where it is told."""


def as_checkpoint(path: Path, config: Config) -> Checkpoint:
    """What a run with this config can begin with.

    Raises BaseFileError where the file's tensors are not the model's, or where it is damaged.
    """
    try:
        return _read(path, config)
    except WeightsError as error:
        raise BaseFileError(error.detail) from error


def _read(path: Path, config: Config) -> Checkpoint:
    if not path.is_file():
        raise WeightsError(f"There is no file {path}.")
    _expect_plain(path)
    if path.suffix == ".safetensors":
        return _of_weights(path, config)
    try:
        ours = checkpoint.load(path)
    except CheckpointError:
        return _of_weights(path, config)
    _expect_sound(ours, path)
    return ours


def _of_weights(path: Path, config: Config) -> Checkpoint:
    info = model_info(config.model)
    state = read_weights(info, path)
    _expect_tensors(state, path)
    count = _label_count(state, info, path)
    torch.manual_seed(config.seed)
    network = build_network(info, count, config.image_size)
    absent: list[str] = []
    if info.weights.may_be_partial:
        state, absent = completed(network, state)
    load_state(network, state, path)
    network.fold()
    published = count == info.weights.label_count
    labels = base_labels(info) if published else [f"label {i}" for i in range(1, count + 1)]
    plain = replace(info.default_config, image_size=config.image_size)
    random = f"; not in it, so random: {', '.join(absent)}" if absent else ""
    lineage = (f"weights from {told(path)}, of unknown licence{random}",)
    return Checkpoint(
        info.name, info.task, tuple(labels), config.image_size, plain, network.state_dict(), lineage=lineage
    )


def told(path: Path) -> str:
    """Its name and the beginning of its hash."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{path.name} (sha256 {sha256[:LETTERS]})"


def _expect_plain(path: Path) -> None:
    """torch's zips are not compressed: one that is may unpack to any size. Raises WeightsError."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise WeightsError(f"The weights file {path.name} can't be read: {error}.") from error
    if unpacked > MOST_UNPACKED * path.stat().st_size:
        raise WeightsError(f"{path.name} would unpack to {unpacked:,} bytes: no file of weights does.")


def _expect_tensors(state: Any, path: Path) -> None:
    """A state dict of numbers that are there: a tensor may claim any shape over one of them. Raises WeightsError."""
    if not isinstance(state, dict) or not state:
        raise WeightsError(f"{path.name} holds no weights: expected tensors by their names.")
    for name, tensor in state.items():
        if not (isinstance(name, str) and isinstance(tensor, Tensor)):
            raise WeightsError(f"{str(name)[:100]} in {path.name} is no tensor.")
        is_plain = tensor.layout is torch.strided and tensor.device.type == "cpu" and not tensor.is_quantized
        if not is_plain or tensor.nbytes > tensor.untyped_storage().nbytes():
            raise WeightsError(f"{name[:100]} in {path.name} is no plain tensor, or claims more than the file holds.")


def _expect_sound(ours: Checkpoint, path: Path) -> None:
    """What a checkpoint says beside its weights has the types that ours have. Raises WeightsError."""
    texts = [*ours.labels, *ours.lineage, *ours.learned, *ours.learned.values()]
    numbers = (ours.epoch, ours.image_size)
    if (
        ours.task != ours.info.task
        or not 0 < len(ours.labels) <= MOST_LABELS
        or not all(isinstance(text, str) for text in texts)
        or not all(type(number) is int for number in numbers)
    ):
        raise WeightsError(f"{path.name} is no checkpoint of Boxwright, or is damaged.")
    _expect_tensors(ours.weights, path)


def _label_count(state: State, info: ModelInfo, path: Path) -> int:
    """By the size of its head: the side of a tensor that grows from one label to two; the published count where a file
    that may be partial has none. Raises WeightsError."""
    one, two = (build_network(info, count, info.image_sizes.least).state_dict() for count in (1, 2))
    for name, tensor in one.items():
        for axis, (least, more) in enumerate(zip(tensor.shape, two[name].shape, strict=True)):
            if least != more and name in state and state[name].ndim > axis:
                labels, rest = divmod(int(state[name].shape[axis]) - int(least), int(more) - int(least))
                if rest == 0 and labels >= 0:
                    return labels + 1
                rows = f"{name} has {state[name].shape[axis]} rows in {path.name}"
                raise WeightsError(f"{rows}, which is no number of labels of {info.title}.")
    if info.weights.may_be_partial:
        return info.weights.label_count
    raise WeightsError(f"{path.name} has no head of {info.title}. Choose the model that it is of.")

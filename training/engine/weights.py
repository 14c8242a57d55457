"""The network that a run starts with: from published weights, an earlier checkpoint, or random weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.engine import catalog, checkpoint
from training.engine.batches import Batch, plain_batch, training_batches
from training.engine.config import Config
from training.engine.data import Examples
from training.engine.errors import CheckpointError, ConfigError, WeightsError
from training.engine.families import build_network, network_for, set_anchors
from training.engine.network import Network, normalise
from training.engine.progress import Progress
from training.engine.weight_files import State, download_weights, find_weights, read_weights

IMAGES_FOR_ROWS = 32
"""Labelled images that are looked at to find each label's row in the published head."""


def starting_network(
    config: Config,
    labels: Sequence[str],
    examples: Examples,
    folder: Path,
    weights_dir: Path | None,
    progress: Progress,
) -> Network:
    """The network before its first step, on the CPU. BatchNorm is folded unless the weights are random.

    Raises WeightsError when catalogue weights can't be had, CheckpointError when `base.pt` does not fit.
    """
    torch.manual_seed(config.seed)
    if config.base == "none":
        if config.batch_size == 1:
            raise ConfigError("Random weights need a batch size of at least 2.")
        return network_for(config, len(labels))
    if config.base == "checkpoint":
        return _from_checkpoint(config, labels, folder / "base.pt")
    return _from_catalogue(config, labels, examples, _folders(folder, weights_dir), progress)


def _from_checkpoint(config: Config, labels: Sequence[str], path: Path) -> Network:
    base = checkpoint.load(path)
    if base.model != config.model:
        raise CheckpointError(f"The base checkpoint is a {base.model}, not a {config.model}.")
    network = network_for(replace(base.config, image_size=config.image_size), len(base.labels))
    network.fold()
    _load(network, base.weights, path)
    if tuple(labels) != base.labels:
        network.replace_head(_mix_by_name(base.labels, labels))
    if not base.config.fits_anchors:
        set_anchors(network, config)
    return network


def _from_catalogue(
    config: Config, labels: Sequence[str], examples: Examples, folders: Sequence[Path], progress: Progress
) -> Network:
    info = catalog.model_info(config.model)
    path = find_weights(info, folders) or download_weights(info, folders[-1], progress)
    progress.on_log(f"{info.weights.trained_on} weights from {path.name}")
    network = build_network(info, info.weights.label_count, config.crop or config.image_size)
    _load(network, read_weights(info, path), path)
    network.fold()
    squares, targets = _views(examples, _few_of_each_label(examples, len(labels)), config)
    images = normalise(squares, info.mean, info.std)
    network.replace_head(network.likeness(images, targets, len(labels)))
    set_anchors(network, config)
    return network


def _views(examples: Examples, indices: list[int], config: Config) -> Batch:
    """The images as they are, or the crops that training would see."""
    if config.crop:
        return next(training_batches(examples, [indices], config.seed, 0, config.crop))
    return plain_batch(examples, indices)


def _mix_by_name(old: Sequence[str], new: Sequence[str]) -> Tensor:
    """A mix [new, old]: a label that the base knew keeps its row; an unknown one starts as the mean of all."""
    mix = torch.full((len(new), len(old)), 1 / len(old))
    for i, label in enumerate(new):
        if label in old:
            mix[i] = torch.eye(len(old))[old.index(label)]
    return mix


def _few_of_each_label(examples: Examples, label_count: int) -> list[int]:
    """Indices of at most IMAGES_FOR_ROWS images: the first of each label, then whatever comes."""
    first: dict[int, int] = {}
    for i, labels in enumerate(examples.labels):
        for label in np.unique(labels):
            first.setdefault(int(label), i)
    chosen = dict.fromkeys([first[label] for label in range(label_count) if label in first])
    return [*chosen, *(i for i in range(len(examples)) if i not in chosen)][: max(IMAGES_FOR_ROWS, len(chosen))]


def _load(network: Network, state: State, path: Path) -> None:
    try:
        network.load_state_dict({name: value.float() for name, value in state.items()})
    except (RuntimeError, AttributeError) as error:
        raise WeightsError(f"The weights in {path.name} do not fit the model.") from error


def _folders(folder: Path, weights_dir: Path | None) -> list[Path]:
    return [*([weights_dir] if weights_dir else []), folder / "weights"]

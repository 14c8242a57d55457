"""The network that a run starts with: from published weights, an earlier checkpoint, or random weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.engine import catalog, checkpoint, transfer
from training.engine.batches import Batch, plain_batch, training_batches
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import Examples
from training.engine.errors import CheckpointError, ConfigError, WeightsError
from training.engine.familiarity import known_share
from training.engine.families import build_network, network_for, place_anchors, set_anchors
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Network, normalise
from training.engine.origin import LabelOrigin, Origin, label_origins
from training.engine.progress import Progress
from training.engine.transfer import Choice
from training.engine.transforms import Views
from training.engine.weight_files import State, base_labels, download_weights, find_weights, read_weights

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
        network = _random(config, labels)
    elif config.base == "checkpoint":
        network = _from_checkpoint(config, labels, examples, folder / "base.pt", progress)
    else:
        network = _from_catalogue(config, labels, examples, _folders(folder, weights_dir), progress)
    progress.on_log(str(network.origin))
    return network


def _random(config: Config, labels: Sequence[str]) -> Network:
    if config.batch_size == 1:
        raise ConfigError("Random weights need a batch size of at least 2.")
    network = network_for(config, len(labels))
    network.origin = Origin((), 0, _size(network), tuple(LabelOrigin(label, "random") for label in labels))
    return network


def _from_checkpoint(
    config: Config, labels: Sequence[str], examples: Examples, path: Path, progress: Progress
) -> Network:
    base = checkpoint.load(path)
    if base.model != config.model:
        raise CheckpointError(
            f"The base checkpoint is a {base.model}, not a {config.model}: choose that model, or random weights "
            "(base: none)."
        )
    lineage = base.stages
    if lineage:
        progress.on_log(f"Last stage of the base: {lineage[-1]}")
    network = network_for(replace(base.config, image_size=_side(config)), len(base.labels))
    network.fold()
    load_state(network, base.weights, path)
    if base.config.fits_anchors:
        place_anchors(network, config, _side(config))
    choice = _choice(network, config, labels, examples)
    _take_labels(network, lineage, labels, base.labels, _mix_by_name(network, base, config, labels, examples), choice)
    if base.config.fits_anchors:
        place_anchors(network, config, config.image_size)
    else:
        set_anchors(network, config)
    return network


def _from_catalogue(
    config: Config, labels: Sequence[str], examples: Examples, folders: Sequence[Path], progress: Progress
) -> Network:
    info = catalog.model_info(config.model)
    path = find_weights(info, folders) or download_weights(info, folders[-1], progress)
    line = f"{info.weights.trained_on} weights from {path.name}, licence {info.licence}"
    progress.on_log(line)
    network = build_network(info, info.weights.label_count, _side(config))
    _load_published(network, info, path, progress)
    network.fold()
    choice = _choice(network, config, labels, examples)
    _take_labels(network, (line,), labels, base_labels(info), _likeness(network, config, labels, examples), choice)
    set_anchors(network, config)
    return network


def _side(config: Config) -> int:
    """Of the squares that training sees, in pixels."""
    return config.crop or config.image_size


def _load_published(network: Network, info: ModelInfo, path: Path, progress: Progress) -> None:
    """Load what the file has; what a partial one lacks stays random and is told."""
    state = read_weights(info, path)
    if info.weights.may_be_partial:
        state, absent = completed(network, state)
        if absent:
            progress.on_log(f"Not in {path.name}, so random: {', '.join(absent)}")
    load_state(network, state, path)


def completed(network: Network, state: State) -> tuple[State, list[str]]:
    """A partial `state` with the network's own numbers for what it lacks, and the names of those layers."""
    own = network.state_dict()
    return own | state, list(dict.fromkeys(".".join(name.split(".")[:2]) for name in own if name not in state))


def _take_labels(
    network: Network,
    lineage: tuple[str, ...],
    labels: Sequence[str],
    old: Sequence[str],
    mix: Tensor,
    choice: Choice | None,
) -> None:
    """Give the network the head of `labels`, and its origin."""
    loaded = _size(network)
    if tuple(labels) != tuple(old):
        network.replace_head(mix)
    network.origin = Origin(lineage, loaded, 0, label_origins(labels, old, mix.tolist()), choice)


def _mix_by_name(
    network: Network, base: Checkpoint, config: Config, labels: Sequence[str], examples: Examples
) -> Tensor:
    """A mix [new, old]: a label that the base knew keeps its row; an unknown one gets the row that fires most on it.

    One of which no image is at hand gets the mean of all.
    """
    known = [label in base.labels for label in labels]
    mix = torch.zeros(len(labels), len(base.labels))
    if not all(known):
        likeness = _likeness(network, config, labels, examples)
        seen = likeness.amax(1) > likeness.amin(1)
        best = torch.eye(len(base.labels))[likeness.argmax(1)]
        mix = torch.where(seen[:, None], best, likeness)
    for i, label in enumerate(labels):
        if known[i]:
            mix[i] = torch.eye(len(base.labels))[base.labels.index(label)]
    return mix


def _likeness(network: Network, config: Config, labels: Sequence[str], examples: Examples) -> Tensor:
    images, targets = _labelled_images(config, labels, examples)
    return network.likeness(images, targets, len(labels))


def _choice(network: Network, config: Config, labels: Sequence[str], examples: Examples) -> Choice | None:
    """Of what learns, before the base has other labels; None where somebody said it."""
    if not transfer.is_open(config):
        return None
    known = known_share(network, *_labelled_images(config, labels, examples))
    return transfer.chosen(config, catalog.model_info(config.model).task, len(examples), known)


def _labelled_images(
    config: Config, labels: Sequence[str], examples: Examples
) -> tuple[Tensor, Sequence[LearningTarget]]:
    """A few, as the network takes them."""
    info, chosen = catalog.model_info(config.model), _few_of_each_label(examples, len(labels))
    squares, targets = _views(examples, chosen, config)
    return normalise(squares, info.mean, info.std), targets


def _views(examples: Examples, indices: list[int], config: Config) -> Batch:
    """The images as they are, or the cut-outs that training would see."""
    if config.cut_out:
        return next(training_batches(examples, [indices], config.seed, 0, Views.of(config)))
    return plain_batch(examples, indices)


def _size(network: Network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _few_of_each_label(examples: Examples, label_count: int) -> list[int]:
    """Indices of at most IMAGES_FOR_ROWS images: the first of each label, then whatever comes."""
    first: dict[int, int] = {}
    for i, labels in enumerate(examples.labels):
        for label in np.unique(labels):
            first.setdefault(int(label), i)
    chosen = dict.fromkeys([first[label] for label in range(label_count) if label in first])
    return [*chosen, *(i for i in range(len(examples)) if i not in chosen)][: max(IMAGES_FOR_ROWS, len(chosen))]


def load_state(network: Network, state: State, path: Path) -> None:
    """Raises WeightsError, before anything is loaded, that names the first tensor which does not fit."""
    misfit = _misfit(network.state_dict(), state, path.name)
    if misfit:
        raise WeightsError(f"The weights do not fit the model: {misfit}. Choose the model that they are of.")
    network.load_state_dict({name: value.float() for name, value in state.items()})


def _misfit(wanted: State, state: State, name: str) -> str:
    """The first tensor that is missing, too much, or of another shape; empty where all fit.

    BatchNorm's count of batches may be missing, as torch allows: converted files have none.
    """
    for key in [*wanted, *state]:
        if key.endswith(".num_batches_tracked"):
            continue
        if key not in state:
            return f"{name} lacks {key}"
        if key not in wanted:
            return f"the model has no {key}, which is in {name}"
        if not isinstance(state[key], Tensor):
            return f"{key} in {name} is no tensor"
        if state[key].shape != wanted[key].shape:
            return f"{key} is {list(state[key].shape)} in {name} and {list(wanted[key].shape)} in the model"
    return ""


def _folders(folder: Path, weights_dir: Path | None) -> list[Path]:
    return [*([weights_dir] if weights_dir else []), folder / "weights"]

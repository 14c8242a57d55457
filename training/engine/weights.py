"""Where base weights come from, and how they become the network that a run starts with."""

import threading
import urllib.error
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.engine import catalog, checkpoint
from training.engine.batches import plain_batch
from training.engine.config import Config
from training.engine.data import Examples
from training.engine.errors import CheckpointError, ConfigError, WeightsError
from training.engine.network import Network, fold_batch_norm, normalise
from training.engine.progress import Progress, stop_if_asked

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 30.0
"""A download that brings no byte for so long is given up."""

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
        return _build(config, len(labels))
    if config.base == "checkpoint":
        return _from_checkpoint(config, labels, folder / "base.pt")
    return _from_catalogue(config, labels, examples, _places(folder, weights_dir), progress)


def find_weights(info: catalog.ModelInfo, places: Sequence[Path]) -> Path | None:
    """The first file named after the model in `places`: `ssdlite320_mobilenet_v3_large*.pth`."""
    for place in places:
        found = sorted(place.glob(f"{info.name}*.pth")) if place.is_dir() else []
        if found:
            return found[0]
    return None


def download_weights(info: catalog.ModelInfo, place: Path, progress: Progress) -> Path:
    """Fetch the published weights into `place` by torch's own loader. Raises WeightsError, or Stopped."""
    from torchvision.models import get_model_weights

    catalog.load_module(info.module)  # makes torchvision importable
    url: str = get_model_weights(info.name).DEFAULT.url
    place.mkdir(parents=True, exist_ok=True)
    path = place / url.rsplit("/", 1)[-1]
    failure: list[Exception] = []

    def fetch() -> None:
        try:
            torch.hub.download_url_to_file(url, str(path), hash_prefix=_hash_in(path.name), progress=False)
        except (OSError, urllib.error.URLError, RuntimeError) as error:
            failure.append(error)

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    _watch(thread, path, info, progress)
    if failure:
        raise _unavailable(info, f"the download failed ({failure[0]})")
    return path


def _build(config: Config, label_count: int) -> Network:
    info = catalog.model_info(config.model)
    network: Network = catalog.load_module(info.module).build(info, label_count, config.image_size)
    return network


def _from_checkpoint(config: Config, labels: Sequence[str], path: Path) -> Network:
    base = checkpoint.load(path)
    if base.model != config.model:
        raise CheckpointError(f"The base checkpoint is a {base.model}, not a {config.model}.")
    network = _build(config, len(base.labels))
    fold_batch_norm(network)
    _load(network, base.weights, path)
    if tuple(labels) != base.labels:
        network.mix_rows(_mix_by_name(base.labels, labels))
    return network


def _from_catalogue(
    config: Config, labels: Sequence[str], examples: Examples, places: Sequence[Path], progress: Progress
) -> Network:
    info = catalog.model_info(config.model)
    path = find_weights(info, places) or download_weights(info, places[-1], progress)
    progress.on_log(f"{info.weights_from} weights from {path.name}")
    network = _build(config, catalog.load_module(info.module).BASE_LABEL_COUNT)
    _load(network, _read_state(path), path)
    fold_batch_norm(network)
    squares, targets = plain_batch(examples, _few_of_each_label(examples, len(labels)))
    images = normalise(squares, info.mean, info.std)
    network.mix_rows(network.likeness(images, targets, len(labels)))
    return network


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


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise WeightsError(f"The weights file {path.name} can't be read: {error}.") from error
    return state


def _load(network: Network, state: dict[str, Tensor], path: Path) -> None:
    try:
        network.load_state_dict({name: value.float() for name, value in state.items()})
    except (RuntimeError, AttributeError) as error:
        raise WeightsError(f"The weights in {path.name} do not fit the model.") from error


def _places(folder: Path, weights_dir: Path | None) -> list[Path]:
    return [*([weights_dir] if weights_dir else []), folder / "weights"]


def _hash_in(name: str) -> str:
    """The sha256's first digits, which the published files carry in their names."""
    return name.removesuffix(".pth").rsplit("-", 1)[-1]


def _watch(thread: threading.Thread, path: Path, info: catalog.ModelInfo, progress: Progress) -> None:
    """Report how far the loader's partial file has grown, until it is done. Raises Stopped or WeightsError."""
    done, waited = 0, 0.0
    while thread.is_alive():
        stop_if_asked(progress)
        thread.join(POLL_SECONDS)
        grown = sum(part.stat().st_size for part in path.parent.glob(f"{path.name}.*.partial"))
        waited = 0.0 if grown > done else waited + POLL_SECONDS
        if waited > PATIENCE_SECONDS:
            raise _unavailable(info, "the download does not answer")
        done = max(done, grown)
        if done:
            progress.on_download(done, info.weights_size)


def _unavailable(info: catalog.ModelInfo, reason: Any) -> WeightsError:
    return WeightsError(
        f"The {info.weights_from} weights of {info.title} are not on this machine, and {reason}. "
        "Put the file into BOXWRIGHT_WEIGHTS_DIR, or start from random weights (base: none)."
    )

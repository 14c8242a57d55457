"""Files of base weights: under which names they are looked for, how they are downloaded and read."""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from safetensors.torch import load_file
from torch import Tensor

from training.engine import catalog
from training.engine.errors import WeightsError
from training.engine.model_info import ModelInfo
from training.engine.progress import Progress, stop_if_asked

TORCHVISION, TIMM = "torchvision:", "timm:"
POLL_SECONDS = 0.25
PATIENCE_SECONDS = 30.0
"""A download that brings no byte for so long is given up."""

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """Where a download comes from. `sha256`: what its hash begins with, None where nobody says."""

    url: str
    sha256: str | None
    size: int


class WeightReader(Protocol):
    """What a row's `weights.reader` is: a module that reads a format of published weights."""

    def read(self, path: Path, info: ModelInfo) -> State:
        """The file's tensors under the names of the row's network. Raises WeightsError, or what its libraries raise."""


def find_weights(info: ModelInfo, folders: Sequence[Path]) -> Path | None:
    """The first file of `info.weight_files` in the first folder that has one."""
    paths = (folder / name for folder in folders for name in info.weight_files)
    return next((path for path in paths if path.is_file()), None)


def download_weights(info: ModelInfo, folder: Path, progress: Progress) -> Path:
    """Fetch the published weights into `folder` by torch's own loader. Raises WeightsError, or Stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / info.weights.file_name
    failure: list[Exception] = []
    size: list[int] = []

    def fetch() -> None:
        try:
            file = _published_file(info)
            size.append(file.size)
            torch.hub.download_url_to_file(file.url, str(path), hash_prefix=file.sha256, progress=False)
        except (OSError, RuntimeError, ValueError) as error:
            failure.append(error)

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    _watch(thread, path, info, size, progress)
    if failure:
        raise _unavailable(info, f"the download failed ({failure[0]})")
    return path


def read_weights(info: ModelInfo, path: Path) -> State:
    """The file's tensors under our names. Raises WeightsError."""
    try:
        return cast("WeightReader", catalog.load_module(info.weights.reader)).read(path, info)
    except WeightsError:
        raise
    except Exception as error:
        raise WeightsError(f"The weights file {path.name} can't be read: {error}.") from error


def read(path: Path, info: ModelInfo) -> State:
    """The `WeightReader` of state dicts as torch or safetensors save them; nothing in the file is executed."""
    if path.suffix == ".safetensors":
        state: State = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    return renamed(state, info.weights.key_map)


def base_labels(info: ModelInfo) -> list[str]:
    """What the rows of the published head are called: as torchvision or timm says, else numbers."""
    count = info.weights.label_count
    if info.weights.source.startswith(TIMM):
        named: list[str] = _timm_hub().label_names(count)
        return named
    if not info.weights.source.startswith(TORCHVISION):
        return [f"label {i}" for i in range(1, count + 1)]
    names: list[str] = _published(info).meta["categories"]
    return names[len(names) - count :]  # a detector's first name is the background


def renamed(state: State, key_map: Iterable[tuple[str, str | None]]) -> State:
    """`state` with its names mapped: see `BaseWeights.key_map`."""
    for pattern, replacement in key_map:
        if replacement is None:
            state = {name: value for name, value in state.items() if not re.search(pattern, name)}
        else:
            state = {re.sub(pattern, replacement, name): value for name, value in state.items()}
    return state


def _published_file(info: ModelInfo) -> PublishedFile:
    """Raises ValueError where torchvision does not know the source, OSError where timm's hub does not answer."""
    source, sha256 = info.weights.source, info.weights.sha256
    if source.startswith(TIMM):
        return PublishedFile(*_timm_hub().newest(source.removeprefix(TIMM)))
    url = _published(info).url if source.startswith(TORCHVISION) else source
    return PublishedFile(url, None if sha256 == "any" else sha256, info.weights.size)


def _timm_hub() -> Any:
    return catalog.load_module("training.engine.classifiers.timm_hub")


def _published(info: ModelInfo) -> Any:
    """torchvision's own row. Raises ValueError where there is none."""
    catalog.load_module(info.module)  # makes torchvision importable
    from torchvision.models import get_weight

    return get_weight(info.weights.source.removeprefix(TORCHVISION))


def _watch(thread: threading.Thread, path: Path, info: ModelInfo, size: list[int], progress: Progress) -> None:
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
            progress.on_download(done, size[0])


def _unavailable(info: ModelInfo, reason: Any) -> WeightsError:
    return WeightsError(
        f"The {info.weights.trained_on} weights of {info.title} are not on this machine, and {reason}. "
        f"Put {info.weights.file_name} into BOXWRIGHT_WEIGHTS_DIR, or start from random weights (base: none)."
    )

"""A checkpoint: weights with all that is needed to use them again, in one file that `weights_only` loading takes."""

import os
import pickle
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from annotations.dataset.records import Task
from training.engine import catalog, network
from training.engine.config import Config
from training.engine.errors import CheckpointError, ConfigError
from training.engine.families import network_for
from training.engine.network import Network
from training.engine.replay import Learned
from training.engine.tiles import picture_side

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A trained model. `weights` is the state dict of the network with BatchNorm folded, on the CPU."""

    model: str
    task: Task
    labels: tuple[str, ...]
    image_size: int
    """Side in pixels of what the network sees: an image, EXIF-oriented, or a tile, stretched without letterbox."""
    config: Config
    weights: dict[str, Tensor]
    epoch: int = 0
    metrics: dict[str, float | None] = field(default_factory=dict)
    lineage: tuple[str, ...] = ()
    """What the run began with: see `Origin.lineage`."""
    learned: Learned = field(default_factory=dict)
    """Images that it and the runs before it learned from."""

    @property
    def picture_size(self) -> int:
        """Side in pixels of the square that images are stretched to, before they are cut where there are tiles."""
        return picture_side(self.image_size, self.config.tiles)

    @property
    def stages(self) -> tuple[str, ...]:
        """What its weights learned from, this run too."""
        if self.lineage and not self.epoch:
            return self.lineage  # a file of weights that nobody trained here
        replayed = ", new images beside old ones" if self.config.replay else ""
        return (*self.lineage, f"{self.epoch} epochs on {', '.join(self.labels)}{replayed}")

    @property
    def info(self) -> catalog.ModelInfo:
        """The model's row of the catalogue: its input normalisation (`mean`, `std` on pixels 0..255) among it."""
        return catalog.model_info(self.model)


def save(checkpoint: Checkpoint, path: Path, training: dict[str, Any] | None = None) -> None:
    """Write the checkpoint, with the loop's own state if given, so that a reader never sees half a file."""
    content = {
        "format": FORMAT,
        "model": checkpoint.model,
        "task": checkpoint.task,
        "labels": list(checkpoint.labels),
        "image_size": checkpoint.image_size,
        "config": checkpoint.config.to_dict(),
        "epoch": checkpoint.epoch,
        "metrics": checkpoint.metrics,
        "lineage": list(checkpoint.lineage),
        "learned": dict(checkpoint.learned),
        "weights": checkpoint.weights,
        "training": training,
    }
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed. Raises CheckpointError when it is damaged or foreign."""
    return load_training(path)[0]


def load_training(path: Path) -> tuple[Checkpoint, dict[str, Any] | None]:
    """The checkpoint and the state of the loop that wrote it (only `last.pt` has one). Raises CheckpointError."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] != FORMAT:
            raise CheckpointError(f"{path.name} has format {content['format']}; this version reads {FORMAT}.")
        checkpoint = Checkpoint(
            model=catalog.model_info(content["model"]).name,
            task=content["task"],
            labels=tuple(content["labels"]),
            image_size=content["image_size"],
            config=Config.from_dict(content["config"]),
            weights=content["weights"],
            epoch=content["epoch"],
            metrics=content["metrics"],
            lineage=tuple(content.get("lineage", ())),
            learned=dict(content.get("learned", {})),
        )
        return checkpoint, content["training"]
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint {path.name}.") from error
    except (pickle.UnpicklingError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:
        raise CheckpointError(f"{path.name} is not a checkpoint, or is damaged.") from error
    except (KeyError, TypeError, AttributeError, IndexError, ConfigError) as error:
        raise CheckpointError(f"{path.name} is no checkpoint of Boxwright.") from error


def network_of(checkpoint: Checkpoint) -> Network:
    """The checkpoint's network on the CPU, BatchNorm folded, in eval mode. Raises CheckpointError."""
    config = replace(checkpoint.config, image_size=checkpoint.image_size)
    built = network_for(config, len(checkpoint.labels))
    built.fold()
    try:
        built.load_state_dict(checkpoint.weights)
    except RuntimeError as error:
        raise CheckpointError(f"The weights do not fit the model {checkpoint.model}.") from error
    return built.eval()


def export_form(checkpoint: Checkpoint) -> nn.Module:
    """What converters trace: eval mode, CPU, plain memory order, input `[1, 3, S, S]` normalised by `info.mean/std`.

    Detection gives scores [1, A, 1 + labels], background first, and boxes [1, A, 4] (corners 0..1, clipped);
    classification gives scores [1, labels]: see `scoring`. Detections follow from them by `detectors.postprocess`.
    """
    return network.export_form(network_of(checkpoint))

"""Where a run stands between two epochs: all of it goes into `last.pt`, so that another process can go on.

Order, augmentation and dropout are functions of seed and epoch (`batches`, `train`), so no generator's state is kept.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from training.engine import catalog, checkpoint, optim
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.device import choose_device, loss_scaler
from training.engine.errors import CheckpointError
from training.engine.families import network_for, place_anchors
from training.engine.network import Network
from training.engine.origin import Origin
from training.engine.progress import Progress
from training.engine.replay import Learned


@dataclass(slots=True)
class TrainingState:
    """What changes while a run goes on. `epoch` counts finished (or just being done) epochs from 1."""

    config: Config
    """The run's, with the freeze that was chosen at its start."""
    network: Network
    average: optim.Average
    optimizer: torch.optim.Optimizer
    device: torch.device
    scaler: torch.amp.GradScaler
    epoch: int = 0
    rate: float = 0.0
    best_score: float | None = None
    best_epoch: int = 0
    at_once: int | None = None
    """Images that fit into memory at once; None: a whole batch, as far as is known. Not kept: see `step`."""

    def is_best(self, score: float | None) -> bool:
        """Note this epoch's score; True when it is the best so far. Without a score the newest epoch is the best."""
        better = score is None or self.best_score is None or score > self.best_score
        if better:
            self.best_score, self.best_epoch = score, self.epoch
        return better

    def as_checkpoint(
        self,
        info: catalog.ModelInfo,
        labels: tuple[str, ...],
        config: Config,
        metrics: Mapping[str, float | None],
        learned: Learned,
    ) -> Checkpoint:
        """The averaged weights, BatchNorm folded, as a checkpoint that needs nothing else."""
        folded = copy.deepcopy(self.average.network)
        folded.fold()
        weights = {name: value.detach().cpu() for name, value in folded.state_dict().items()}
        values = dict(metrics)
        lineage = self.network.origin.lineage if self.network.origin else ()
        made = Checkpoint(info.name, info.task, labels, config.image_size, config, weights, self.epoch, values, lineage)
        return replace(made, learned=learned)

    def as_dict(self) -> dict[str, Any]:
        """What `last.pt` holds beside the checkpoint."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.network.state_dict(),
            "updates": self.average.updates,
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "best_score": self.best_score,
            "best_epoch": self.best_epoch,
            "origin": self.network.origin.to_dict() if self.network.origin else None,
        }


def start(network: Network, config: Config) -> TrainingState:
    """The state before the first step."""
    device = choose_device()
    network.to(device)
    if device.type == "cuda":
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = optim.build_optimizer(network, config)
    average = optim.Average(network, config.average_decay)
    if config.crop:
        place_anchors(network, config, config.crop)
    scaler = loss_scaler(device, config.precision)
    return TrainingState(config, network, average, optimizer, device, scaler)


def resume(path: Path, config: Config, labels: tuple[str, ...], progress: Progress) -> TrainingState | None:
    """The state that an earlier process left in `last.pt`; None, with a line in the log, when it can't be used."""
    if not path.exists():
        return None
    try:
        last, training = checkpoint.load_training(path)
    except CheckpointError as error:
        progress.on_log(f"{error.detail} Starting from the first epoch.")
        return None
    config = replace(config, freeze=last.config.freeze) if config.freeze == "auto" else config
    if training is None or last.config != config or last.labels != labels:
        progress.on_log("last.pt belongs to another run: starting from the first epoch.")
        return None
    if training["best_epoch"] and not path.with_name("best.pt").exists():
        progress.on_log("last.pt is here without best.pt: starting from the first epoch.")
        return None
    network = network_for(config, len(labels))
    if config.base != "none":
        network.fold()
    network.load_state_dict(training["network"])
    if origin := training.get("origin"):
        network.origin = Origin.from_dict(origin)
    state = start(network, config)
    state.average.network.load_state_dict(training["average"])
    state.average.updates = training["updates"]
    state.optimizer.load_state_dict(training["optimizer"])
    state.scaler.load_state_dict(training.get("scaler", {}))  # those before fp16 have none
    state.epoch = last.epoch
    state.best_score, state.best_epoch = training["best_score"], training["best_epoch"]
    progress.on_log(f"Going on after epoch {last.epoch} of {config.epochs}")
    return state

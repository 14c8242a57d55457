"""The optimizer of a run by stages, a warm-up and a cosine, and a moving average of the weights."""

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from training.engine.config import Config, Optimizer
from training.engine.network import Network

MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4
DECOUPLED_DECAY = 1e-2
"""AdamW's decay does not pass through the gradient: it wants a larger factor."""
LARGEST_GRADIENT = 5.0
AVERAGE_DECAY = 0.99
LAST_SHARE = 0.02
"""Where the cosine ends, as a share of the peak rate."""


Groups = list[dict[str, Any]]

OPTIMIZERS: dict[Optimizer, Callable[[Groups], torch.optim.Optimizer]] = {
    "sgd": lambda groups: torch.optim.SGD(groups, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY),
    "adamw": lambda groups: torch.optim.AdamW(groups, weight_decay=DECOUPLED_DECAY),
}


def build_optimizer(network: Network, config: Config) -> torch.optim.Optimizer:
    """An optimizer with a rate per stage; frozen parameters get no gradient. Random weights learn at the full rate."""
    groups: Groups = []
    for stage in network.stages():
        share = 1.0 if config.base == "none" else stage.share
        if share == 0 or (stage.is_trunk and config.freeze == "trunk"):
            _freeze(stage.parameters)
        else:
            peak = config.learning_rate * share
            groups.append({"params": stage.parameters, "lr": peak, "peak": peak})
    return OPTIMIZERS[config.optimizer](groups)


def set_rate(optimizer: torch.optim.Optimizer, step: int, steps: int) -> float:
    """Set every group's rate for step `step` (from 0) of `steps`; returns the heads' rate."""
    share = schedule(step, steps)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share
    rate: float = optimizer.param_groups[-1]["lr"]
    return rate


def schedule(step: int, steps: int) -> float:
    """The share of the peak rate: a linear warm-up over a tenth of the run, then down along a cosine."""
    warm_up = max(3, steps // 10)
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / warm_up) * (cosine * (1 - LAST_SHARE) + LAST_SHARE)


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """One step downhill, with the gradient's length limited."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
    optimizer.step()


class Average:
    """An exponential moving average of the weights: what is evaluated and kept."""

    def __init__(self, network: Network) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.updates = 0
        parameters = dict(network.named_parameters())
        self._statistics = [name for name in network.state_dict() if name not in parameters]

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Move towards `network`, faster in the first steps, when the average still remembers the start."""
        self.updates += 1
        decay = min(AVERAGE_DECAY, (1 + self.updates) / (10 + self.updates))
        for mean, current in zip(self.network.parameters(), network.parameters(), strict=True):
            mean.lerp_(current, 1 - decay)
        for name in self._statistics:
            self.network.get_buffer(name).copy_(network.get_buffer(name))


def _freeze(parameters: Iterable[nn.Parameter]) -> None:
    for parameter in parameters:
        parameter.requires_grad_(False)

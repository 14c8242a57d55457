"""The optimizer of a run by stages, a rate that rises and falls, and a moving average of the weights."""

import copy
import inspect
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from training.engine import distributed
from training.engine.config import Config, Optimizer, Schedule
from training.engine.network import Network
from training.engine.parameters import freeze

WEIGHT_DECAY = 1e-4
DECOUPLED_DECAY = 1e-2
"""AdamW's decay does not pass through the gradient: it wants a larger factor."""
LARGEST_GRADIENT = 5.0
AVERAGE_DECAY = 0.99
LAST_SHARE = 0.02
"""Where the cosine ends, as a share of the peak rate."""
STEPS_AFTER = (2 / 3, 8 / 9)
"""Shares of the run after which the schedule `step` takes a tenth of the rate."""


Groups = list[dict[str, Any]]


def _without_compiler() -> None:
    """torch imports its compiler to keep it off four methods of optimizers, and off `step`; nothing here compiles.

    That took a third of the start of a run, and 70 MB.
    """
    for name in ("add_param_group", "load_state_dict", "state_dict", "zero_grad"):
        plain = inspect.unwrap(getattr(torch.optim.Optimizer, name))
        vars(plain)["__dynamo_disable"] = plain  # where torch looks for what its compiler has made of it


_without_compiler()


class _Sgd(torch.optim.SGD):
    step = torch.no_grad()(inspect.unwrap(torch.optim.SGD.step))


class _AdamW(torch.optim.AdamW):
    step = torch.no_grad()(inspect.unwrap(torch.optim.AdamW.step))


def _sgd(groups: Groups, config: Config) -> torch.optim.Optimizer:
    decay = WEIGHT_DECAY if config.weight_decay is None else config.weight_decay
    optimizer = _Sgd(groups, momentum=config.momentum, weight_decay=decay, fused=True)
    if config.momentum:
        for parameter in _learning(optimizer):
            optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    return optimizer


def _adamw(groups: Groups, config: Config) -> torch.optim.Optimizer:
    decay = DECOUPLED_DECAY if config.weight_decay is None else config.weight_decay
    return _AdamW(groups, weight_decay=decay, fused=True)


OPTIMIZERS: dict[Optimizer, Callable[[Groups, Config], torch.optim.Optimizer]] = {"sgd": _sgd, "adamw": _adamw}


def build_optimizer(network: Network, config: Config) -> torch.optim.Optimizer:
    """An optimizer with a rate per stage; frozen parameters get no gradient. Random weights learn at the full rate.

    Gradients and momentum have their room from the start: among a step's activations they would split the room that
    the next step needs, and a process's memory grows from step to step.
    """
    if config.base != "none":
        freeze(network, config.freeze)
    groups: Groups = []
    for stage in network.stages():
        if any(parameter.requires_grad for parameter in stage.parameters):
            peak = peak_rate(config) * (1.0 if config.base == "none" else stage.share)
            groups.append({"params": stage.parameters, "lr": peak, "peak": peak})
    optimizer = OPTIMIZERS[config.optimizer](groups, config)
    for parameter in _learning(optimizer):
        parameter.grad = torch.zeros_like(parameter)
    return optimizer


def peak_rate(config: Config) -> float:
    """The heads' highest rate: in proportion to the batch where the config says which batch its rate is for."""
    return config.learning_rate * (config.batch_size / config.reference_batch if config.reference_batch else 1)


def set_rate(
    optimizer: torch.optim.Optimizer, step: int, steps: int, warm_up: int | None = None, kind: Schedule = "cosine"
) -> float:
    """Set every group's rate for step `step` (from 0) of `steps`; returns the heads' rate."""
    share = schedule(step, steps, warm_up, kind)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share
    rate: float = optimizer.param_groups[-1]["lr"]
    return rate


def schedule(step: int, steps: int, warm_up: int | None = None, kind: Schedule = "cosine") -> float:
    """The share of the peak rate: a linear warm-up over `warm_up` steps (None: a tenth of the run), then down."""
    warm_up = max(3, steps // 10) if warm_up is None else warm_up
    risen = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
    return risen * SCHEDULES[kind](step / steps)


def _cosine(done: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * done)) * (1 - LAST_SHARE) + LAST_SHARE


def _step(done: float) -> float:
    return 0.1 ** sum(done >= after for after in STEPS_AFTER)


SCHEDULES: dict[Schedule, Callable[[float], float]] = {"cosine": _cosine, "step": _step}
"""The share of the peak rate when a share of the run is done."""


def warm_up_steps(config: Config, steps_per_epoch: int) -> int | None:
    """As the config says in steps or epochs; None: the usual."""
    if config.warmup_epochs is not None:
        return round(config.warmup_epochs * steps_per_epoch)
    return config.warmup_steps


def descend(optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> bool:
    """One step downhill along the gradients, their length limited; False, and no step, where that is no number.

    Where `scaler` has scaled the loss too high it scales less from then on, and only the step is left out.
    """
    parameters = _learning(optimizer)
    distributed.average_gradients(parameters)
    scaler.unscale_(optimizer)
    length = nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
    is_number = bool(torch.isfinite(length))
    if not is_number and scaler.get_scale() <= 1:
        return False
    scaler.step(optimizer)
    scaler.update()
    return True


def _learning(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]


class Average:
    """An exponential moving average of the weights: what is evaluated and kept."""

    def __init__(self, network: Network, most: float = AVERAGE_DECAY) -> None:
        self.most = most
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.updates = 0
        parameters = dict(network.named_parameters())
        self._statistics = [name for name in network.state_dict() if name not in parameters]

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Move towards `network`, faster in the first steps, when the average still remembers the start."""
        self.updates += 1
        decay = min(self.most, (1 + self.updates) / (10 + self.updates))
        for mean, current in zip(self.network.parameters(), network.parameters(), strict=True):
            mean.lerp_(current, 1 - decay)
        for name in self._statistics:
            self.network.get_buffer(name).copy_(network.get_buffer(name))

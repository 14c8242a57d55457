"""One step downhill. A batch that does not fit into memory is gone through in parts from then on."""

import itertools
import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from training.engine import device, distributed, optim
from training.engine.batches import Batch
from training.engine.catalog import ModelInfo
from training.engine.config import Config
from training.engine.errors import DivergedError, NoMemoryError
from training.engine.network import LearningTarget, normalise
from training.engine.progress import Progress
from training.engine.state import TrainingState

Values = dict[str, float]


def take_step(
    state: TrainingState, config: Config, info: ModelInfo, batch: Batch, place: str, told: Progress
) -> Values:
    """Learn from the batch; returns the loss and its parts. `place`: where the run is, for people.

    Raises DivergedError before a weight is damaged, NoMemoryError where the smallest part does not fit.
    """
    while (parts := _gradients(state, config, info, batch)) is None:
        _halve(state, config, len(batch[1]), told)
    if not math.isfinite(sum(parts.values())) or not optim.descend(state.optimizer, state.scaler):
        raise DivergedError(
            f"The loss is no longer a number in {place}: start again with a learning_rate of "
            f"{config.learning_rate / 10:g} instead of {config.learning_rate:g}, or with more warmup_steps."
        )
    state.average.update(state.network)
    values = {"loss": sum(parts.values())}
    return values if len(parts) == 1 else values | {f"loss_{name}": value for name, value in parts.items()}


def _gradients(state: TrainingState, config: Config, info: ModelInfo, batch: Batch) -> Values | None:
    """Fill the gradients, unless the loss is no number; returns its parts, or None where there is no room.

    A part of the batch counts by its images: a detector's loss, a mean over objects, is nearly that of the whole.
    """
    state.optimizer.zero_grad(set_to_none=False)
    sums: Values = {}
    try:
        for squares, targets in _parts(batch, state.at_once, least_at_once(config)):
            share = len(targets) / len(batch[1])
            losses = _losses(state, config, info, squares, targets)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + value.item() * share
            if not math.isfinite(sum(sums.values())):
                break
            state.scaler.scale(torch.stack(list(losses.values())).sum() * share).backward()  # type: ignore[no-untyped-call]
    except (RuntimeError, MemoryError) as error:
        if not device.is_out_of_memory(error) or distributed.world_size() > 1:  # the others wait for this part
            raise
        return None
    return sums


def _losses(
    state: TrainingState, config: Config, info: ModelInfo, squares: Tensor, targets: Sequence[LearningTarget]
) -> dict[str, Tensor]:
    images = normalise(device.sent(squares, state.device), info.mean, info.std)
    there = [
        LearningTarget(device.sent(target.boxes, state.device), device.sent(target.labels, state.device))
        for target in targets
    ]
    with device.fast_arithmetic(state.device, config.precision, state.network.bf16_pays_on_cpu):
        return state.network.losses(images, there)


def _parts(batch: Batch, at_once: int | None, least: int) -> Iterator[Batch]:
    """The batch in parts of about `at_once` images, none smaller than `least`."""
    squares, targets = batch
    count = len(targets)
    parts = 1 if at_once is None else max(1, min(math.ceil(count / at_once), count // least))
    ends = [count * i // parts for i in range(parts + 1)]
    for start, end in itertools.pairwise(ends):
        yield squares[start:end], targets[start:end]


def least_at_once(config: Config) -> int:
    """BatchNorm, which only random weights still have, can't learn from one image."""
    return 2 if config.base == "none" else 1


def _halve(state: TrainingState, config: Config, count: int, told: Progress) -> None:
    state.optimizer.zero_grad(set_to_none=True)
    device.release_memory(state.device)
    at_once, least = state.at_once or count, least_at_once(config)
    if at_once <= least:
        raise NoMemoryError(
            f"Not even {least} image{'s' * (least > 1)} at once fit into memory: end what else runs on this machine, "
            f"or choose a smaller image_size than {config.image_size} or a smaller model."
        )
    state.at_once = max(least, at_once // 2)
    told.on_log(
        f"Out of memory with {at_once} images at once: going on with {state.at_once}; a step still learns from all."
    )

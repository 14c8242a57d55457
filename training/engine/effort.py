"""What a run's epochs show and cost, and after which of them it is evaluated: torch-free."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from training.engine.config import Config

FEWEST_STEPS = 6
"""Steps of an epoch over a few images, each of which is then seen several times, always in another view."""
MOST_ACROSS = 3
"""Cut-outs, across and down, that a square of crops is put together from."""
AS_A_WHOLE = 0.95
"""The share of boxes for which each cut-out must have room."""

JUDGED = 1 / 3
"""An image costs this share of what it costs to train on as many pixels."""
MOST_JUDGED = 1 / 4
"""Of the cost of training: what evaluations before the last one may cost at most."""


@dataclass(frozen=True, slots=True)
class Effort:
    """In pixels that are trained on."""

    training: float
    """Of one epoch."""
    evaluation: float
    epochs: int

    @classmethod
    def of_run(cls, config: Config, training: int, validation: int, epochs: int) -> Self:
        """`training`, `validation`: images."""
        trained, seen = (config.crop or config.image_size), config.tiles * config.image_size
        pixels = pictures_seen(training, config.batch_size) * (trained * config.magnify) ** 2
        return cls(pixels, validation * (seen * config.magnify) ** 2 * JUDGED, epochs)

    @property
    def period(self) -> int:
        """Epochs from one evaluation to the next."""
        return max(1, math.ceil(self.evaluation / self.training / MOST_JUDGED)) if self.training else 1

    def is_evaluated(self, epoch: int) -> bool:
        """Epochs count from 1; the last one always is."""
        return (self.epochs - epoch) % self.period == 0

    def of_epochs(self, epochs: Iterable[int]) -> float:
        return sum(self.training + self.evaluation * self.is_evaluated(epoch) for epoch in epochs)


def pictures_seen(images: int, batch_size: int) -> int:
    """How many pictures an epoch shows: of a few images each several times."""
    return max(images, FEWEST_STEPS * min(batch_size, images))


def cut_outs_across(lengths: Sequence[float], side: float) -> int:
    """How many cut-outs across and down share a square of `side`; `lengths`: of each box the longer side."""
    most = range(MOST_ACROSS, 1, -1)
    return next((n for n in most if sum(one <= side / n for one in lengths) >= AS_A_WHOLE * len(lengths)), 1)

"""How much of a network may be 8-bit numbers: found by what that changes in the scores of training images."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from training.engine.exporters.answers import Floats

SCORE_CHANGE = 0.1
"""Of the largest change of a score in an image, over the calibration images, what the mean may be.

With 8-bit activations it was 0.24 in SSDlite, which lost 0.048 AP, and 0.04 in ssd_mobilenet_v1_075, which lost none.
"""
SEARCHED = 4
"""Images on which each layer is tried."""
SPARED = 4
"""One layer in so many may keep its floats: the file is to be small."""

Inputs = Callable[[], Iterator[Floats]]
"""Training images as the model wants them, [S, S, 3]; decoded anew by each call."""


@dataclass(frozen=True, slots=True)
class EightBits:
    """What of a file is 8-bit numbers: its weights, but for those of `float_layers`; `activations` too, or not."""

    activations: bool
    float_layers: tuple[str, ...] = ()


def mean_change(before: Iterable[Floats], after: Iterable[Floats]) -> float:
    """Of the largest change of a score in each image; infinite without images."""
    changes = [float(np.abs(one - other).max()) for one, other in zip(before, after, strict=True)]
    return sum(changes) / len(changes) if changes else float("inf")


def layers_to_spare(
    layers: Sequence[str], inputs: Inputs, scores: Callable[[Collection[str], Inputs], Iterable[Floats]]
) -> tuple[str, ...]:
    """The layers whose weights must stay floats, as few as bring the change of scores under `SCORE_CHANGE`.

    `scores`: what the network says of images where just these layers are small. None where a `SPARED`th of them would
    not be enough.
    """
    whole = list(scores((), inputs))
    if mean_change(whole, scores(layers, inputs)) <= SCORE_CHANGE:
        return ()
    few = list(islice(inputs(), SEARCHED))
    changes = {one: mean_change(whole[: len(few)], scores([one], lambda: iter(few))) for one in layers}
    worst = sorted(layers, key=changes.__getitem__, reverse=True)
    count = 1
    while count <= len(layers) // SPARED:
        if mean_change(whole, scores(worst[count:], inputs)) <= SCORE_CHANGE:
            return tuple(sorted(worst[:count]))
        count *= 2
    return ()

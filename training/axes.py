"""What the runs of a sweep may differ in, and each combination of it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from boxwright import limits
from boxwright.errors import Invalid

AXES = (
    "model",
    "base",
    "freeze",
    "image_size",
    "tiles",
    "train_share",
    "epochs",
    "iterations",
    "learning_rate",
    "batch_size",
    "optimizer",
    "seed",
)
"""In the order of tables; the last one changes fastest."""

Axes = Mapping[str, Sequence[Any]]
Setting = dict[str, Any]
"""A run's value on each axis."""


def ordered(axes: Axes) -> dict[str, list[Any]]:
    """The axes in the order of AXES, each value once. Raises Invalid."""
    if unknown := sorted(set(axes) - set(AXES)):
        raise _wrong(f"{unknown[0]} is no axis: choose among {', '.join(AXES)}")
    if {"epochs", "iterations"} <= set(axes):
        raise _wrong("epochs and iterations say the same: give one of them")
    found = {name: list(dict.fromkeys(axes[name])) for name in AXES if axes.get(name)}
    count = math.prod(map(len, found.values()))
    if count < 2:
        raise _wrong("a sweep has at least two runs: give an axis more values")
    if count > limits.RUNS_A_SWEEP:
        raise _wrong(f"this would be {count:,} runs; a sweep may have {limits.RUNS_A_SWEEP}")
    return found


def settings(axes: Axes) -> list[Setting]:
    """Each combination of the axes' values."""
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def text_of(setting: Setting) -> str:
    """`freeze trunk, epochs 8`."""
    return ", ".join(f"{name} {value}" for name, value in setting.items())


def _wrong(detail: str) -> Invalid:
    return Invalid("The axes are wrong.", {"axes": detail})

"""From a row of the model zoo to its network."""

from typing import Protocol, cast

from training.engine.catalog import load_module
from training.engine.model_info import ModelInfo
from training.engine.network import Network


class Family(Protocol):
    """What a row's `module` is: a module whose networks are alike."""

    def build(self, info: ModelInfo, label_count: int, image_size: int) -> Network:
        """The row's network with random weights, on the CPU; `label_count` does not count a background."""


def build_network(info: ModelInfo, label_count: int, image_size: int) -> Network:
    """See `Family.build`."""
    return cast("Family", load_module(info.module)).build(info, label_count, image_size)

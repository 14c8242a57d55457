"""From a row of the model zoo to its network."""

from typing import Protocol, cast

from training.engine.anchor_fit import layout_of
from training.engine.catalog import load_module, model_info
from training.engine.config import Config
from training.engine.detectors.detector import AnchorDetector
from training.engine.model_info import ModelInfo
from training.engine.network import Network


class Family(Protocol):
    """What a row's `module` is: a module whose networks are alike."""

    def build(self, info: ModelInfo, label_count: int, image_size: int) -> Network:
        """The row's network with random weights, on the CPU; `label_count` does not count a background."""


def build_network(info: ModelInfo, label_count: int, image_size: int) -> Network:
    """See `Family.build`."""
    return cast("Family", load_module(info.module)).build(info, label_count, image_size)


def network_for(config: Config, label_count: int) -> Network:
    """The network that `config` describes, with random weights, on the CPU."""
    network = build_network(model_info(config.model), label_count, config.image_size)
    set_anchors(network, config)
    return network


def set_anchors(network: Network, config: Config) -> None:
    """Give a model's network, as it comes, the anchors of `config`; nothing where that leaves them as they are."""
    if not config.fits_anchors:
        return
    assert isinstance(network, AnchorDetector)
    network.magnify = config.magnify
    if config.fine_anchors:
        network.add_fine_anchors(config.fine_anchors)
    place_anchors(network, config, config.image_size)


def place_anchors(network: Network, config: Config, side: int) -> None:
    """For squares of `side` pixels cut out of an image of `config.image_size`, with the same anchors in pixels."""
    layout = model_info(config.model).anchors
    assert isinstance(network, AnchorDetector)
    assert layout is not None
    network.place_layout(layout_of(config, layout).scaled(config.image_size / side), side * config.magnify)

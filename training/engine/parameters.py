"""The parameters of a network by name; `python -m training.engine.parameters` writes the table of each model."""

import json

from torch import nn

from training.engine import freezing
from training.engine.catalog import MODELS
from training.engine.families import build_network
from training.engine.freezing import Frozen, Parameter
from training.engine.model_info import ModelInfo
from training.engine.network import Network


def parameters_of(network: Network) -> list[Parameter]:
    """All parameters from the pixels to the head. A folded bias, which takes no gradient, has share 0."""
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    return [
        Parameter(
            names[id(parameter)],
            tuple(parameter.shape),
            stage.share if parameter.requires_grad else 0.0,
            stage.is_trunk,
        )
        for stage in network.stages()
        for parameter in stage.parameters
    ]


def freeze(network: Network, setting: str) -> Frozen:
    """Take the gradient from what a run with `setting` holds still. Raises ConfigError: see `freezing.frozen`."""
    found = freezing.frozen(setting, parameters_of(network))
    still = {one.name for one in found.still}
    for name, parameter in network.named_parameters():
        if name in still:
            parameter.requires_grad_(False)
    return found


def still_of(network: Network) -> Frozen:
    """What takes no gradient now: of random weights nothing, whatever share its stage has."""
    parameters = tuple(parameters_of(network))
    learning = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    return Frozen(parameters, tuple(one for one in parameters if one.name not in learning))


def hold_still(network: nn.Module) -> None:
    """Let BatchNorm whose weights are frozen keep its running statistics too; to be called after each `train()`."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and not _learns(module):
            module.eval()


def table(info: ModelInfo) -> str:
    """The file of `freezing.parameter_table`: JSON, one parameter a line."""
    network = build_network(info, 1, info.image_size)
    network.fold()
    rows = [json.dumps([one.name, one.shape, one.share, one.is_trunk]) for one in parameters_of(network)]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def write_tables() -> None:
    freezing.TABLES.mkdir(exist_ok=True)
    for info in MODELS.values():
        (freezing.TABLES / f"{info.name}.json").write_text(table(info), encoding="utf-8")


def _learns(norm: nn.Module) -> bool:
    """One without weights of its own learns: nothing says that it should not."""
    weights = list(norm.parameters(recurse=False))
    return not weights or any(weight.requires_grad for weight in weights)


if __name__ == "__main__":
    write_tables()

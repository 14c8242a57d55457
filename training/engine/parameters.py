"""The parameters of a network by name; `python -m training.engine.parameters` writes the table of each model."""

import json
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from training.engine import freezing
from training.engine.anchor_fit import FINE_SHAPES
from training.engine.catalog import MODELS
from training.engine.families import network_for
from training.engine.freezing import Form, Frozen, Parameter
from training.engine.model_info import ModelInfo
from training.engine.network import Network

FINE = {"fine_anchors": ((0.1, 0.1),) * FINE_SHAPES}
SETTINGS: dict[Form, dict[str, Any]] = {"own": {}, "fine": FINE, "magnified": FINE | {"magnify": 2}}
"""Of a config whose network has this form."""


def named(network: Network) -> dict[str, nn.Parameter]:
    """All parameters by the names that users know."""
    return {name.removeprefix(network.parameter_prefix): one for name, one in network.named_parameters()}


def parameters_of(network: Network) -> list[Parameter]:
    """All parameters from the pixels to the head. A folded bias, which takes no gradient, has share 0."""
    names = {id(parameter): name for name, parameter in named(network).items()}
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
    for name, parameter in named(network).items():
        if name in still:
            parameter.requires_grad_(False)
    return found


@torch.no_grad()
def begin_anew(network: Network) -> int:
    """Give the trunk's late layers random weights, in place; returns how many numbers that are."""
    late = freezing.late_names(parameters_of(network))
    prefix = network.parameter_prefix
    modules = {name.removeprefix(prefix): module for name, module in network.named_modules()}
    found = [module for name, module in modules.items() if f"{name}.weight" in late and _is_layer(module)]
    for layer in found:
        nn.init.kaiming_normal_(layer.get_parameter("weight"))
        if layer.bias is not None:
            nn.init.zeros_(layer.get_parameter("bias"))
    return sum(parameter.numel() for layer in found for parameter in layer.parameters())


def still_of(network: Network) -> Frozen:
    """What takes no gradient now: of random weights nothing, whatever share its stage has."""
    parameters = tuple(parameters_of(network))
    learning = {name for name, parameter in named(network).items() if parameter.requires_grad}
    return Frozen(parameters, tuple(one for one in parameters if one.name not in learning))


def hold_still(network: nn.Module) -> None:
    """Let BatchNorm whose weights are frozen keep its running statistics too; to be called after each `train()`."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and not _learns(module):
            module.eval()


def table(info: ModelInfo, form: Form = "own") -> str:
    """The file of `freezing.parameter_table`: JSON, one parameter a line."""
    network = network_for(replace(info.default_config, **SETTINGS[form]), 1)
    network.fold()
    rows = [json.dumps([one.name, one.shape, one.share, one.is_trunk]) for one in parameters_of(network)]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def write_tables() -> None:
    for form in SETTINGS:
        for info in MODELS.values():
            if info.anchors or form == "own":
                path = freezing.table_path(info.name, form)
                path.parent.mkdir(exist_ok=True)
                path.write_text(table(info, form), encoding="utf-8")


def _is_layer(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d | nn.Linear)


def _learns(norm: nn.Module) -> bool:
    """One without weights of its own learns: nothing says that it should not."""
    weights = list(norm.parameters(recurse=False))
    return not weights or any(weight.requires_grad for weight in weights)


if __name__ == "__main__":
    write_tables()

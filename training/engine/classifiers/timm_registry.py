"""`python -m training.engine.classifiers.timm_registry` writes the table of `timm_models`, from timm's own registry.

Each network is built and run on torch's meta device, which computes shapes alone: a second each, no weights.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import timm
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from training.engine import timm_models
from training.engine.classifiers.timm_classifier import has_linear_head
from training.engine.config import WHOLE

MOST_PARAMETERS = 100_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What an architecture shows at the side of its weights. `least`: the least side it takes, or that side."""

    least: int
    parameters: int
    macs: int
    has_batch_norm: bool


def rows(names: Iterable[str]) -> Iterator[list[Any]]:
    """Of those that are usable; the first one of an architecture is what timm takes where no tag is named."""
    for name in names:
        cfg = timm.get_pretrained_cfg(name)
        norm = next((key for key, value in timm_models.NORMS.items() if value == (cfg.mean, cfg.std)), None)
        if norm and is_usable(name, cfg):
            found = look_at(name.partition(".")[0], cfg.input_size[1], bool(cfg.fixed_input_size))
            if found is not None:
                facts = (cfg.num_classes, cfg.input_size[1], found.least, norm, cfg.license or "unknown")
                yield [name, *facts, found.parameters, round(found.macs / 1e6), int(found.has_batch_norm)]


def is_usable(name: str, cfg: Any) -> bool:
    """An image classifier of squares whose weights lie in timm's own repository of that name."""
    channels, height, width = cfg.input_size
    is_square = channels == 3 and height == width and height <= WHOLE["image_size"][1]
    return bool(cfg.num_classes and cfg.classifier and is_square and cfg.hf_hub_id == f"timm/{name}")


@cache
def look_at(architecture: str, side: int, is_fixed: bool) -> Found | None:
    """None where the network is too large, can't be run so, or has a head that is not linear."""
    try:
        with torch.device("meta"):
            network = timm.create_model(architecture, num_classes=2).eval().requires_grad_(False)
        parameters = sum(parameter.numel() for parameter in network.parameters())
        if parameters > MOST_PARAMETERS or not has_linear_head(network):
            return None
        with FlopCounterMode(display=False) as counter:
            run(network, side)
    except Exception as error:  # noqa: BLE001 networks fail in many ways
        print(f"{architecture}: left out: {error!r:.200}", file=sys.stderr)  # noqa: T201 for whoever writes the table
        return None
    has_norm = any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    least = side if is_fixed else least_side(network, side)
    return Found(least, parameters, counter.get_total_flops() // 2, has_norm)


def least_side(network: nn.Module, side: int) -> int:
    """About half of the published side where the network takes that, and a larger one; else the published side."""
    smaller = max(64, side // 2 // 32 * 32) if side % 32 == 0 else side // 2
    try:
        run(network, smaller)
        run(network, side + 32)
    except Exception:  # noqa: BLE001
        return side
    return smaller


def run(network: nn.Module, side: int) -> None:
    with torch.no_grad():
        answer = network(torch.empty(1, 3, side, side, device="meta"))
    if tuple(answer.shape) != (1, 2):
        raise ValueError(f"it answers {tuple(answer.shape)}")


def names() -> list[str]:
    """Of all pretrained models; of each architecture the one first that timm takes where no tag is named."""
    tagged = timm.list_models(pretrained=True)
    usual = {f"{one}.{timm.get_pretrained_cfg(one).tag}" for one in {name.partition(".")[0] for name in tagged}}
    return sorted(tagged, key=lambda name: (name.partition(".")[0], name not in usual, name))


def write_table() -> None:
    with timm_models.TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(timm_models.COLUMNS)
        writer.writerows(rows(names()))


if __name__ == "__main__":
    write_table()

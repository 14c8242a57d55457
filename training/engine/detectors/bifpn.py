"""EfficientDet's neck: five maps that see each other, from coarse to fine and back, as often as there are cells.

Named as effdet names it. Each map has half the side of the one before, so that pooling and repeating fit exactly.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.engine.detectors.efficientdet_layers import Edition, Separable, projection

CHANNELS = 64
CELLS = 3
LEVELS = 5
NODES = (
    *((3, (3, 4)), (2, (2, 5)), (1, (1, 6)), (0, (0, 7))),  # from coarse to fine
    *((1, (1, 7, 8)), (2, (2, 6, 9)), (3, (3, 5, 10)), (4, (4, 11))),  # and back
)
"""The level of each node's map and what it fuses: 0 to 4 are the cell's own maps, 5 the first node's, and so on."""
LEVEL_OF = (*range(LEVELS), *(level for level, _ in NODES))
LEAST_SUM = 1e-4
"""Keeps the shares finite when all weights are zero."""


class Combine(nn.Module):
    """Maps of several levels as one, by shares that are learned: fast normalised fusion."""

    def __init__(self, edition: Edition, level: int, inputs: Sequence[int], channels: Sequence[int]) -> None:
        """`channels`: of all maps that there are so far."""
        super().__init__()
        self.inputs = tuple(inputs)
        self.resample = nn.ModuleDict({str(i): _resample(edition, LEVEL_OF[i], level, channels[i]) for i in inputs})
        self.edge_weights = nn.Parameter(torch.ones(len(inputs)))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        weights = torch.relu(self.edge_weights)
        shares = weights / (weights.sum() + LEAST_SUM)
        seen = [resample(maps[i]) for i, resample in zip(self.inputs, self.resample.values(), strict=True)]
        fused: Tensor = seen[0] * shares[0]
        for i, one in enumerate(seen[1:], 1):
            fused = fused + one * shares[i]
        return fused


class Node(nn.Module):
    def __init__(self, edition: Edition, level: int, inputs: Sequence[int], channels: Sequence[int]) -> None:
        super().__init__()
        self.combine = Combine(edition, level, inputs, channels)
        conv = Separable(edition, CHANNELS, CHANNELS, bias=edition.has_spare_biases, norm=True)
        self.after_combine = nn.Sequential(OrderedDict[str, nn.Module](act=nn.SiLU(), conv=conv))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        out: Tensor = self.after_combine(self.combine(maps))
        return out


class Cell(nn.Module):
    """Once down and up; takes and gives five maps."""

    def __init__(self, edition: Edition, channels: Sequence[int]) -> None:
        super().__init__()
        of_maps = [*channels, *[CHANNELS] * len(NODES)]
        self.fnode = nn.ModuleList(Node(edition, level, inputs, of_maps) for level, inputs in NODES)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        seen = list(maps)
        for node in self.fnode:
            seen.append(node(seen))
        return seen[-LEVELS:]


class BiFpn(nn.Module):
    """The trunk's three maps, and two coarser ones made here, to five maps of `CHANNELS`."""

    def __init__(self, edition: Edition, channels: Sequence[int]) -> None:
        super().__init__()
        coarser = nn.Sequential(
            OrderedDict[str, nn.Module](conv=projection(edition, channels[-1], CHANNELS), downsample=edition.halving())
        )
        self.resample = nn.ModuleDict({"3": coarser, "4": edition.halving()})
        of_first = [*channels, *[CHANNELS] * (LEVELS - len(channels))]
        self.cell = nn.ModuleList(
            Cell(edition, of_cell) for of_cell in [of_first, *[[CHANNELS] * LEVELS] * (CELLS - 1)]
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        seen = list(maps)
        for resample in self.resample.values():
            seen.append(resample(seen[-1]))
        for cell in self.cell:
            seen = cell(seen)
        return seen


def _resample(edition: Edition, level: int, wanted: int, channels: int) -> nn.Module:
    parts = OrderedDict[str, nn.Module]()
    if channels != CHANNELS:
        parts["conv"] = projection(edition, channels, CHANNELS)
    if level < wanted:
        parts["downsample"] = edition.halving()
    if level > wanted:
        parts["upsample"] = nn.Upsample(scale_factor=2.0)
    return nn.Sequential(parts)

"""Boxes told from the cells of maps, without shapes given beforehand: a cell says where from its corner, and how large.

x and y of a term count cells from the cell's upper left corner, w and h are logarithms of cells.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

MAX_LOG_CELLS = math.log(1024 / 8)
"""The largest image in the smallest cells."""


class GridDecoder(nn.Module):
    """Turns box terms [B, A, 4] into boxes [B, A, 4], corners 0..1 clipped; the cells are constants in it."""

    corners: Tensor
    cells: Tensor

    def __init__(self, anchors: Tensor) -> None:
        """`anchors` [A, 4]: the cells, corners as shares of the image."""
        super().__init__()
        self.register_buffer("corners", anchors[None, :, :2].contiguous(), persistent=False)
        self.register_buffer("cells", (anchors[None, :, 2:] - anchors[None, :, :2]).contiguous(), persistent=False)

    def forward(self, terms: Tensor) -> Tensor:
        return self.unclipped(terms).clamp(0.0, 1.0)

    def unclipped(self, terms: Tensor) -> Tensor:
        centres = terms[..., :2] * self.cells + self.corners
        half = torch.exp(terms[..., 2:].clamp(max=MAX_LOG_CELLS)) * self.cells * 0.5
        return torch.cat([centres - half, centres + half], -1)


def grid(sides: Sequence[int]) -> Tensor:
    """The cells [A, 4] of maps of so many cells a side, by map, row and column, corners as shares of the image."""
    return torch.cat([_of_map(side) for side in sides])


def _of_map(side: int) -> Tensor:
    steps = torch.arange(side)
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack([x, y, x + 1, y + 1], -1).reshape(-1, 4) / side

"""A map of an eighth of the image, for small objects: what a trunk sees there, with what it sees at a sixteenth."""

import math

import torch
from torch import Tensor, nn

WIDTH = 96
RARE = 0.01
"""The score that every anchor starts with: objects are few."""


class FineMap(nn.Module):
    """Maps [B, channels, 2H, 2W] and [B, coarse_channels, H, W] to one [B, WIDTH, 2H, 2W] (Lin et al. 2017)."""

    def __init__(self, channels: int, coarse_channels: int) -> None:
        super().__init__()
        self.own = nn.Conv2d(channels, WIDTH, 1)
        self.above = nn.Sequential(nn.Conv2d(coarse_channels, WIDTH, 1), nn.Upsample(scale_factor=2.0))
        self.mix = nn.Sequential(nn.ReLU6(), _around(), nn.ReLU6(), nn.Conv2d(WIDTH, WIDTH, 1), nn.ReLU6())

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        mixed: Tensor = self.mix(self.own(fine) + self.above(coarse))
        return mixed


def fine_head(outputs: int) -> nn.Sequential:
    """A block as SSDlite's other maps have: what lies around each cell, then its outputs."""
    last = nn.Conv2d(WIDTH, outputs, 1)
    assert last.bias is not None
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Sequential(_around(), nn.ReLU6()), last)


@torch.no_grad()
def start_rare(head: nn.Sequential, columns: int) -> nn.Sequential:
    """Let the first of each anchor's `columns`, the background, be what it says at first."""
    last = head[1]
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    last.bias[::columns] = math.log((1 - RARE) / RARE * (columns - 1))
    return head


def _around() -> nn.Conv2d:
    return nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH)

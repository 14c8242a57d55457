"""A map of an eighth of the image, for small objects: what a trunk sees there, at a quarter and at a sixteenth."""

import math

import torch
from torch import Tensor, nn

WIDTH = 96
RARE = 0.01
"""The score that every anchor starts with: objects are few."""


class FineMap(nn.Module):
    """A map [B, WIDTH, 2H, 2W] of three: of details [.., 4H, 4W], its own [.., 2H, 2W], coarse [.., H, W] (Lin 2017).

    `channels`: of the three.
    """

    def __init__(self, channels: tuple[int, int, int]) -> None:
        super().__init__()
        details, own, coarse = channels
        self.below = nn.Conv2d(details, WIDTH, 2, stride=2)
        self.own = nn.Conv2d(own, WIDTH, 1)
        self.above = nn.Sequential(nn.Conv2d(coarse, WIDTH, 1), nn.Upsample(scale_factor=2.0))
        self.mix = nn.Sequential(nn.ReLU6(), _around(), nn.ReLU6(), nn.Conv2d(WIDTH, WIDTH, 1), nn.ReLU6())

    def forward(self, details: Tensor, own: Tensor, coarse: Tensor) -> Tensor:
        mixed: Tensor = self.mix(self.below(details) + self.own(own) + self.above(coarse))
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

"""The network of pytorch-ssd (`mb1-ssd`), under its names, as its sources describe it: for files in its layout."""

import itertools
import math

import torch
from torch import Tensor, nn

CHANNELS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
HALVING_BLOCKS = (2, 4, 6, 12)
MAPS = (
    (19, 16, 60, 105),
    (10, 32, 105, 150),
    (5, 64, 150, 195),
    (3, 100, 195, 240),
    (2, 150, 240, 285),
    (1, 300, 285, 330),
)
"""Cells a side, pixels a cell, the least and the most size of a prior."""


class PytorchSsd(nn.Module):
    """Softmax scores [B, A, classes], background first, and boxes [B, A, 4], corners as shares of the image."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.base_net = nn.Sequential(convolved(3, 32, 2), *(separable(i) for i in range(1, len(CHANNELS))))
        self.extras = nn.ModuleList(
            [extra(1024, 256, 512), extra(512, 128, 256), extra(256, 128, 256), extra(256, 128, 256)]
        )
        seen = (512, 1024, 512, 256, 256, 256)
        self.classification_headers = nn.ModuleList(nn.Conv2d(channels, 6 * classes, 3, padding=1) for channels in seen)
        self.regression_headers = nn.ModuleList(nn.Conv2d(channels, 24, 3, padding=1) for channels in seen)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = [self.base_net[:12](images)]
        maps.append(self.base_net[12:](maps[0]))
        for block in self.extras:
            maps.append(block(maps[-1]))
        scores = [flat(head(f), self.classes) for head, f in zip(self.classification_headers, maps, strict=True)]
        places = torch.cat([flat(head(f), 4) for head, f in zip(self.regression_headers, maps, strict=True)], 1)
        known = priors()
        centres = places[..., :2] * 0.1 * known[:, 2:] + known[:, :2]
        sizes = torch.exp(places[..., 2:] * 0.2) * known[:, 2:]
        return torch.softmax(torch.cat(scores, 1), 2), torch.cat([centres - sizes / 2, centres + sizes / 2], 2)


def convolved(channels: int, out: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU())


def separable(block: int) -> nn.Sequential:
    channels, out, stride = CHANNELS[block - 1], CHANNELS[block], 2 if block in HALVING_BLOCKS else 1
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
        *(nn.BatchNorm2d(channels), nn.ReLU()),
        *(nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()),
    )


def extra(channels: int, between: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, between, 1), nn.ReLU(), nn.Conv2d(between, out, 3, 2, 1), nn.ReLU())


def flat(found: Tensor, columns: int) -> Tensor:
    return found.permute(0, 2, 3, 1).reshape(len(found), -1, columns)


def priors() -> Tensor:
    """[A, 4]: centre x, centre y, width and height as shares of 300 pixels, cut to 0..1."""
    found = []
    for cells, pixels, least, most in MAPS:
        small, large = least / 300, math.sqrt(least * most) / 300
        shapes = [(small, small), (large, large)]
        for ratio in (math.sqrt(2), math.sqrt(3)):
            shapes += [(small * ratio, small / ratio), (small / ratio, small * ratio)]
        for row, column in itertools.product(range(cells), repeat=2):
            centre = ((column + 0.5) * pixels / 300, (row + 0.5) * pixels / 300)
            found += [(*centre, *shape) for shape in shapes]
    return torch.tensor(found).clamp(0, 1)

"""The layers of YOLOX, under the names that its checkpoints give them: trunk, neck and head.

Two are written anew and answer alike: the stem, whose first convolution sees the picture itself instead of four
quarters of its pixels, and the pooling, whose windows of 9 and 13 are windows of 5 over each other.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.detectors.heads import rows

STRIDES = (8, 16, 32)
"""Pixels of the image that a cell of each map has."""
BOX_TERMS = 5
"""x, y, w, h and objectness."""
NORM_EPSILON = 1e-3
RARE = -math.log(0.99 / 0.01)
"""Where objectness and labels of random heads start: an object is at one of a hundred cells."""

Maps = tuple[Tensor, Tensor, Tensor]
"""Of an eighth, a sixteenth and a thirty-second of the image."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What tells the published networks of this depth apart."""

    width: float
    is_depthwise: bool = False
    """Whether a 3x3 convolution is one a channel and a mixture of the channels."""

    def channels(self, at_width_1: int) -> int:
        return int(at_width_1 * self.width)

    def convolved(self, channels: int, out: int, stride: int = 1) -> nn.Sequential:
        """3x3."""
        if not self.is_depthwise:
            return convolved(channels, out, 3, stride)
        depthwise = convolved(channels, channels, 3, stride, groups=channels)
        return nn.Sequential(OrderedDict(dconv=depthwise, pconv=convolved(channels, out, 1)))


def convolved(channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(channels, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    norm = nn.BatchNorm2d(out, NORM_EPSILON)
    return nn.Sequential(OrderedDict(conv=conv, bn=norm, act=nn.SiLU(inplace=True)))


class Bottleneck(nn.Module):
    def __init__(self, edition: Edition, channels: int, adds: bool) -> None:
        super().__init__()
        self.conv1 = convolved(channels, channels, 1)
        self.conv2 = edition.convolved(channels, channels)
        self.adds = adds

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.conv2(self.conv1(seen))
        return seen + found if self.adds else found


class CspLayer(nn.Module):
    """Half of the channels goes through `count` bottlenecks, half past them."""

    def __init__(self, edition: Edition, channels: int, out: int, count: int = 1, adds: bool = False) -> None:
        super().__init__()
        half = out // 2
        self.conv1, self.conv2 = convolved(channels, half, 1), convolved(channels, half, 1)
        self.m = nn.Sequential(*(Bottleneck(edition, half, adds) for _ in range(count)))
        self.conv3 = convolved(2 * half, out, 1)

    def forward(self, seen: Tensor) -> Tensor:
        joined: Tensor = self.conv3(torch.cat([self.m(self.conv1(seen)), self.conv2(seen)], 1))
        return joined


class Pyramid(nn.Module):
    """What is largest within 5, 9 and 13 cells around each."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = convolved(channels, channels // 2, 1)
        self.conv2 = convolved(channels // 2 * 4, channels, 1)

    def forward(self, seen: Tensor) -> Tensor:
        within_1 = self.conv1(seen)
        within_5 = _largest_around(within_1)
        within_9 = _largest_around(within_5)
        found: Tensor = self.conv2(torch.cat([within_1, within_5, within_9, _largest_around(within_9)], 1))
        return found


class Backbone(nn.Module):
    """CSPDarknet."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        base = edition.channels(64)
        self.stem = convolved(3, base, 6, 2)
        self.dark2 = _halved(edition, base, count=1)
        self.dark3 = _halved(edition, base * 2, count=3)
        self.dark4 = _halved(edition, base * 4, count=3)
        out = base * 16
        coarse = [edition.convolved(base * 8, out, 2), Pyramid(out), CspLayer(edition, out, out)]
        self.dark5 = nn.Sequential(*coarse)

    def forward(self, images: Tensor) -> Maps:
        eighth = self.dark3(self.dark2(self.stem(images)))
        sixteenth = self.dark4(eighth)
        return eighth, sixteenth, self.dark5(sixteenth)


class Neck(nn.Module):
    """PAFPN: from the coarse map to the fine one, and back."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        fine, middle, coarse = (edition.channels(channels) for channels in (256, 512, 1024))
        self.lateral_conv0 = convolved(coarse, middle, 1)
        self.C3_p4 = CspLayer(edition, 2 * middle, middle)
        self.reduce_conv1 = convolved(middle, fine, 1)
        self.C3_p3 = CspLayer(edition, 2 * fine, fine)
        self.bu_conv2 = edition.convolved(fine, fine, 2)
        self.C3_n3 = CspLayer(edition, 2 * fine, middle)
        self.bu_conv1 = edition.convolved(middle, middle, 2)
        self.C3_n4 = CspLayer(edition, 2 * middle, coarse)

    def forward(self, maps: Maps) -> Maps:
        eighth, sixteenth, thirty_second = maps
        coarse = self.lateral_conv0(thirty_second)
        middle = self.reduce_conv1(self.C3_p4(torch.cat([_doubled(coarse), sixteenth], 1)))
        fine = self.C3_p3(torch.cat([_doubled(middle), eighth], 1))
        middle = self.C3_n3(torch.cat([self.bu_conv2(fine), middle], 1))
        return fine, middle, self.C3_n4(torch.cat([self.bu_conv1(middle), coarse], 1))


class Head(nn.Module):
    """Label logits [B, A, C] and box terms [B, A, 5] of all cells, by map (the fine one first), row and column."""

    def __init__(self, edition: Edition, label_count: int) -> None:
        super().__init__()
        inner = edition.channels(256)
        seen = [edition.channels(channels) for channels in (256, 512, 1024)]
        self.stems = nn.ModuleList(convolved(channels, inner, 1) for channels in seen)
        self.cls_convs = nn.ModuleList(_two(edition, inner) for _ in seen)
        self.cls_preds = nn.ModuleList(_rare(nn.Conv2d(inner, label_count, 1)) for _ in seen)
        self.reg_convs = nn.ModuleList(_two(edition, inner) for _ in seen)
        self.reg_preds = nn.ModuleList(nn.Conv2d(inner, 4, 1) for _ in seen)
        self.obj_preds = nn.ModuleList(_rare(nn.Conv2d(inner, 1, 1)) for _ in seen)

    def forward(self, maps: Maps) -> tuple[Tensor, Tensor]:
        stems = [stem(of_map) for stem, of_map in zip(self.stems, maps, strict=True)]
        return torch.cat(self._logits(stems), 1), torch.cat(self._terms(stems), 1)

    def _logits(self, stems: Sequence[Tensor]) -> list[Tensor]:
        parts = zip(self.cls_convs, self.cls_preds, stems, strict=True)
        said = [says(sees(stem)) for sees, says, stem in parts]
        return [rows(of_map, of_map.shape[1]) for of_map in said]

    def _terms(self, stems: Sequence[Tensor]) -> list[Tensor]:
        seen = [sees(stem) for sees, stem in zip(self.reg_convs, stems, strict=True)]
        parts = zip(self.reg_preds, self.obj_preds, seen, strict=True)
        return [rows(torch.cat([box(of_map), there(of_map)], 1), BOX_TERMS) for box, there, of_map in parts]


def _largest_around(seen: Tensor) -> Tensor:
    return F.max_pool2d(seen, 5, 1, 2)


def _halved(edition: Edition, channels: int, count: int) -> nn.Sequential:
    """A map of half the side and twice the channels."""
    out = 2 * channels
    return nn.Sequential(edition.convolved(channels, out, 2), CspLayer(edition, out, out, count, adds=True))


def _doubled(seen: Tensor) -> Tensor:
    return F.interpolate(seen, scale_factor=2.0, mode="nearest")


def _two(edition: Edition, channels: int) -> nn.Sequential:
    return nn.Sequential(*(edition.convolved(channels, channels) for _ in range(2)))


def _rare(head: nn.Conv2d) -> nn.Conv2d:
    assert head.bias is not None
    nn.init.constant_(head.bias, RARE)
    return head

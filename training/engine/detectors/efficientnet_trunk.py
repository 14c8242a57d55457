"""EfficientNet-B0 without its classifier, named as timm names it: images to maps of an eighth to a 32nd of them."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from training.engine.detectors.efficientdet_layers import Edition, normalisation

STEM_CHANNELS = 32
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride of the first block, expansion, channels, blocks."""
TAPS = (2, 4, 6)
"""The stages whose maps the neck looks at."""
TAP_CHANNELS = tuple(STAGES[tap][3] for tap in TAPS)
SQUEEZE = 4


class SqueezeExcite(nn.Module):
    """Weighs each channel by what the whole map says."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, squeezed, 1)
        self.conv_expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, seen: Tensor) -> Tensor:
        overall = seen.mean((2, 3), keepdim=True)
        return seen * torch.sigmoid(self.conv_expand(nn.functional.silu(self.conv_reduce(overall))))


class Separated(nn.Module):
    """The first stage's block, which does not expand."""

    def __init__(self, edition: Edition, channels: int, out: int, kernel: int) -> None:
        super().__init__()
        self.conv_dw = edition.convolution(channels, channels, kernel, groups=channels)
        self.bn1 = normalisation(channels, edition.trunk_epsilon)
        self.se = SqueezeExcite(channels, channels // SQUEEZE)
        self.conv_pw = edition.convolution(channels, out, 1)
        self.bn2 = normalisation(out, edition.trunk_epsilon)
        self.act = nn.SiLU()

    def forward(self, seen: Tensor) -> Tensor:
        seen = self.se(self.act(self.bn1(self.conv_dw(seen))))
        out: Tensor = self.bn2(self.conv_pw(seen))
        return out


class InvertedResidual(nn.Module):
    """Wide inside and narrow outside; adds what it saw where the shapes are equal."""

    def __init__(self, edition: Edition, channels: int, out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = channels * expansion
        self.conv_pw = edition.convolution(channels, wide, 1)
        self.bn1 = normalisation(wide, edition.trunk_epsilon)
        self.conv_dw = edition.convolution(wide, wide, kernel, stride, groups=wide)
        self.bn2 = normalisation(wide, edition.trunk_epsilon)
        self.se = SqueezeExcite(wide, channels // SQUEEZE)
        self.conv_pwl = edition.convolution(wide, out, 1)
        self.bn3 = normalisation(out, edition.trunk_epsilon)
        self.act = nn.SiLU()
        self.adds = stride == 1 and channels == out

    def forward(self, seen: Tensor) -> Tensor:
        wide = self.act(self.bn1(self.conv_pw(seen)))
        wide = self.se(self.act(self.bn2(self.conv_dw(wide))))
        out: Tensor = self.bn3(self.conv_pwl(wide))
        return seen + out if self.adds else out


class EfficientNetTrunk(nn.Module):
    """Images to the maps of `TAPS`."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        self.conv_stem = edition.convolution(3, STEM_CHANNELS, 3, 2)
        self.bn1 = normalisation(STEM_CHANNELS, edition.trunk_epsilon)
        self.act = nn.SiLU()
        self.blocks = nn.ModuleList(_stages(edition))

    def forward(self, images: Tensor) -> list[Tensor]:
        maps, seen = [], self.act(self.bn1(self.conv_stem(images)))
        for i, stage in enumerate(self.blocks):
            seen = stage(seen)
            if i in TAPS:
                maps.append(seen)
        return maps


def _stages(edition: Edition) -> Iterator[nn.Module]:
    channels = STEM_CHANNELS
    for kernel, stride, expansion, out, count in STAGES:
        if expansion == 1:
            yield nn.Sequential(Separated(edition, channels, out, kernel))
        else:
            blocks = [InvertedResidual(edition, channels, out, kernel, stride, expansion)]
            blocks += [InvertedResidual(edition, out, out, kernel, 1, expansion) for _ in range(count - 1)]
            yield nn.Sequential(*blocks)
        channels = out

"""EfficientDet's heads, named as effdet names them: convolutions that all levels share, a BatchNorm for each level."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.engine.detectors.bifpn import CHANNELS, LEVELS
from training.engine.detectors.efficientdet_layers import Edition, Separable, normalisation

REPEATS = 3


class Scaled(nn.Module):
    """What a BatchNorm does in eval mode, as a factor and an offset for each channel."""

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        assert norm.running_var is not None
        assert norm.running_mean is not None
        factor = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        self.weight = nn.Parameter(factor.detach())
        self.bias = nn.Parameter((norm.bias - norm.running_mean * factor).detach())

    def forward(self, seen: Tensor) -> Tensor:
        return seen * self.weight[:, None, None] + self.bias[:, None, None]


class Head(nn.Module):
    """Says `outputs` numbers at each cell of each level."""

    def __init__(self, edition: Edition, outputs: int) -> None:
        super().__init__()
        bias = edition.has_spare_biases
        self.conv_rep = nn.ModuleList(
            Separable(edition, CHANNELS, CHANNELS, bias=bias, norm=False) for _ in range(REPEATS)
        )
        self.bn_rep = nn.ModuleList(nn.ModuleList(_norm() for _ in range(LEVELS)) for _ in range(REPEATS))
        self.act = nn.SiLU()
        self.predict = Separable(edition, CHANNELS, outputs, bias=True, norm=False)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        return [self._of_level(level, seen) for level, seen in enumerate(maps)]

    def fold(self) -> None:
        """A convolution of several levels can't take up the BatchNorm of one."""
        for of_levels in self.bn_rep:
            assert isinstance(of_levels, nn.ModuleList)
            for i, of_level in enumerate(of_levels):
                norm = of_level.get_submodule("bn")
                if isinstance(norm, nn.BatchNorm2d):
                    of_levels[i] = nn.Sequential(OrderedDict([("bn", Scaled(norm))]))

    def _of_level(self, level: int, seen: Tensor) -> Tensor:
        for conv, norms in zip(self.conv_rep, self.bn_rep, strict=True):
            assert isinstance(norms, nn.ModuleList)
            seen = self.act(norms[level](conv(seen)))
        said: Tensor = self.predict(seen)
        return said


def _norm() -> nn.Sequential:
    return nn.Sequential(OrderedDict([("bn", normalisation(CHANNELS))]))

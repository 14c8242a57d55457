"""What EfficientDet's trunk, neck and heads are made of, and what tells its published editions apart.

TensorFlow's pads `SAME`, has biases before its BatchNorm and another epsilon in the trunk; that which was trained in
PyTorch pads evenly. Weights of one are of no use to the other.
"""

from collections import OrderedDict
from dataclasses import dataclass

from torch import Tensor, nn

from training.engine.detectors.same_padding import SameConv2d

NORM_EPSILON = 1e-3
"""Of neck and heads."""
NORM_MOMENTUM = 0.01
"""As published: statistics that follow the last ten batches, as torch's 0.1 does, do not fit the averaged weights."""


@dataclass(frozen=True, slots=True)
class Edition:
    pads_same: bool
    has_spare_biases: bool
    """Whether convolutions before a BatchNorm have a bias."""
    trunk_epsilon: float

    def convolution(
        self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1, bias: bool = False
    ) -> nn.Conv2d:
        if self.pads_same:
            return SameConv2d(channels, out, kernel, stride, 0, groups=groups, bias=bias)
        return nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=bias)

    def halving(self) -> nn.MaxPool2d:
        """Pooling 3x3; `SAME` on even maps is what `ceil_mode` does: a row and column more, below and to the right."""
        return nn.MaxPool2d(3, 2, ceil_mode=True) if self.pads_same else nn.MaxPool2d(3, 2, padding=1)


TENSORFLOW = Edition(pads_same=True, has_spare_biases=True, trunk_epsilon=1e-3)
PYTORCH = Edition(pads_same=False, has_spare_biases=False, trunk_epsilon=1e-5)


def normalisation(channels: int, epsilon: float = NORM_EPSILON) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, epsilon, NORM_MOMENTUM)


class Separable(nn.Module):
    """A depthwise convolution 3x3 and a pointwise one; `norm` puts BatchNorm behind them."""

    def __init__(self, edition: Edition, channels: int, out: int, *, bias: bool, norm: bool) -> None:
        super().__init__()
        self.conv_dw = edition.convolution(channels, channels, 3, groups=channels)
        self.conv_pw = edition.convolution(channels, out, 1, bias=bias)
        self.bn = normalisation(out) if norm else nn.Identity()

    def forward(self, seen: Tensor) -> Tensor:
        normalised: Tensor = self.bn(self.conv_pw(self.conv_dw(seen)))
        return normalised


def projection(edition: Edition, channels: int, out: int) -> nn.Sequential:
    """A pointwise convolution with BatchNorm."""
    conv = edition.convolution(channels, out, 1, bias=edition.has_spare_biases)
    return nn.Sequential(OrderedDict[str, nn.Module](conv=conv, bn=normalisation(out)))

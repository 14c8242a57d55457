"""A map of an eighth of the image, for small objects: what a trunk sees there, at a quarter and at a sixteenth."""

import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.detectors.relu6 import ReLU6
from training.engine.detectors.same_padding import SameConv2d

WIDTH = 96


class FineMap(nn.Module):
    """A map [B, WIDTH, H, W] of three: of details, twice as fine, its own [.., H, W], and a coarse one (Lin 2017).

    Sides are halved upwards: 75, 38, 19. `channels`: of the three.
    """

    def __init__(self, channels: tuple[int, int, int]) -> None:
        super().__init__()
        details, own, coarse = channels
        self.below = SameConv2d(details, WIDTH, 2, stride=2)
        self.own = nn.Conv2d(own, WIDTH, 1)
        self.above = nn.Conv2d(coarse, WIDTH, 1)
        self.mix = nn.Sequential(ReLU6(), around(), ReLU6(), nn.Conv2d(WIDTH, WIDTH, 1), ReLU6())

    def forward(self, details: Tensor, own: Tensor, coarse: Tensor) -> Tensor:
        height, width = (int(length) for length in own.shape[-2:])
        above = F.interpolate(self.above(coarse), scale_factor=2.0)[..., :height, :width]
        mixed: Tensor = self.mix(self.below(details) + self.own(own) + above)
        return mixed


def fine_head(outputs: int) -> nn.Conv2d:
    """What the map's cells say, at first nothing."""
    head = nn.Conv2d(WIDTH, outputs, 1)
    assert head.bias is not None
    nn.init.normal_(head.weight, std=0.01)
    nn.init.zeros_(head.bias)
    return head


def around() -> nn.Conv2d:
    """What lies around each cell."""
    return nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH)

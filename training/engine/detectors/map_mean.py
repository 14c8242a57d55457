"""The mean of each channel over its map, as squeeze-and-excitation takes it, made quick to learn through."""

from torch import Tensor, nn
from torchvision.ops.misc import SqueezeExcitation


class MapMean(nn.AdaptiveAvgPool2d):
    """While it learns, a product with ones.

    16 maps of 672 channels, 20 x 20, in bf16 on a CPU: 6 ms back instead of 18, which torch's own spends on spreading
    a gradient over channels that lie side by side.
    """

    def __init__(self) -> None:
        super().__init__(1)

    def forward(self, maps: Tensor) -> Tensor:
        if not self.training:
            return super().forward(maps)
        count, channels, height, width = maps.shape
        cells = maps.permute(0, 2, 3, 1).reshape(count, height * width, channels)
        sums = cells.new_ones(count, 1, height * width) @ cells
        return (sums / (height * width)).view(count, channels, 1, 1)


def use_map_means(network: nn.Module) -> None:
    for module in list(network.modules()):
        if isinstance(module, SqueezeExcitation):
            module.avgpool = MapMean()

"""For runtimes that scale pixels otherwise than the network wants: the difference goes into the graph."""

from torch import Tensor, nn, tensor

from training.engine.catalog import Rgb

Scale = tuple[Rgb, Rgb]
"""Mean and std of each channel, on pixels 0..255: the input is (pixel - mean) / std."""


class Rescaling(nn.Module):
    """Images in one scale to images in another, `[..., 3, H, W]`, or `[..., H, W, 3]` where channels are last."""

    factor: Tensor
    offset: Tensor

    def __init__(self, given: Scale, wanted: Scale, *, channels_last: bool = False) -> None:
        super().__init__()
        (mean, std), (wanted_mean, wanted_std) = (map(tensor, scale) for scale in (given, wanted))
        shape = (3,) if channels_last else (3, 1, 1)
        self.changes = given != wanted
        self.register_buffer("factor", (std / wanted_std).reshape(shape))
        self.register_buffer("offset", ((mean - wanted_mean) / wanted_std).reshape(shape))

    def forward(self, image: Tensor) -> Tensor:
        return image * self.factor + self.offset if self.changes else image

"""EfficientNet as a classifier of whole images: torchvision's network, keys and weights (Tan and Le, 2019)."""

from training.engine.classifiers.mobilenet import MobileNet
from training.engine.model_info import ModelInfo


class EfficientNet(MobileNet):
    """Its parts are those of a MobileNet: `features` (the stem, seven blocks, a convolution) and `classifier`."""


def build(info: ModelInfo, label_count: int, image_size: int) -> EfficientNet:  # noqa: ARG001 takes any size
    return EfficientNet(info, label_count)

"""VGG as a classifier of whole images: torchvision's networks, keys and weights (Simonyan and Zisserman, 2014).

Nine tenths of its parameters are the first two linear layers. They are published with the convolutions and belong to
the trunk: whoever freezes it trains a new last layer.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import models

from training.engine.classifiers.classifier import LogitClassifier, mixed, trunk_stages
from training.engine.model_info import ModelInfo
from training.engine.network import Stage

GRID = 7
"""Side of the maps that the linear layers take."""


class VGG(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]; its stages are five blocks, two linear layers, and the last one."""

    def __init__(self, info: ModelInfo, label_count: int) -> None:
        super().__init__()
        whole = models.get_model(info.name, weights=None, num_classes=label_count)
        self.scoring, self.label_count = info.scoring, label_count
        self.features = whole.features
        self.classifier = whole.classifier
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(on_grid(self.features(images)).flatten(1))
        return logits

    def stages(self) -> list[Stage]:
        *hidden, last = (layer for layer in self.classifier if isinstance(layer, nn.Linear))
        return [*trunk_stages([*blocks(self.features), *hidden]), Stage(1.0, list(last.parameters()))]

    def replace_head(self, mix: Tensor) -> None:
        self.classifier[-1] = mixed(self.classifier[-1], mix)
        self.label_count = len(mix)


def on_grid(maps: Tensor) -> Tensor:
    """Adaptive average pooling of maps [B, C, S, S] to [B, C, GRID, GRID], which ONNX has only where GRID divides S."""
    size = int(maps.shape[-1])  # a number, also while an exporter traces
    if size % GRID == 0:
        return F.adaptive_avg_pool2d(maps, GRID)
    cells = [(i * size // GRID, math.ceil((i + 1) * size / GRID)) for i in range(GRID)]
    for axis in (2, 3):
        means = [maps.narrow(axis, start, end - start).mean(axis, keepdim=True) for start, end in cells]
        maps = torch.cat(means, axis)
    return maps


def blocks(features: nn.Sequential) -> list[nn.Module]:
    """The layers in parts that each end with a pooling."""
    ends = [i + 1 for i, layer in enumerate(features) if isinstance(layer, nn.MaxPool2d)]
    return [features[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def build(info: ModelInfo, label_count: int, image_size: int) -> VGG:  # noqa: ARG001 takes any size
    return VGG(info, label_count)

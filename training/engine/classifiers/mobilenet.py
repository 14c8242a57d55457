"""MobileNet V2 and V3 as classifiers of whole images: torchvision's networks, keys and weights."""

import torch
from torch import Tensor
from torchvision import models

from training.engine.classifiers.classifier import LogitClassifier, mixed, pooled, trunk_stages
from training.engine.model_info import ModelInfo
from training.engine.network import Stage


class MobileNet(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]."""

    def __init__(self, info: ModelInfo, label_count: int) -> None:
        super().__init__()
        whole = models.get_model(info.name, weights=None, num_classes=label_count)
        self.scoring, self.label_count = info.scoring, label_count
        self.features = whole.features
        self.classifier = whole.classifier
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(pooled(self.features(images)))
        return logits

    def stages(self) -> list[Stage]:
        return [*trunk_stages(self.features), Stage(1.0, list(self.classifier.parameters()))]

    def replace_head(self, mix: Tensor) -> None:
        self.classifier[-1] = mixed(self.classifier[-1], mix)
        self.label_count = len(mix)


def build(info: ModelInfo, label_count: int, image_size: int) -> MobileNet:  # noqa: ARG001 takes any size
    return MobileNet(info, label_count)

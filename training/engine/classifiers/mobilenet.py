"""MobileNet V2 and V3 as classifiers of whole images: torchvision's networks, keys and weights."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import models

from training.engine.classifiers.classifier import LogitClassifier
from training.engine.model_info import ModelInfo
from training.engine.network import Stage, fold_batch_norm
from training.engine.scoring import Scoring

TRUNK_SHARE = 0.2
"""The trunk knows images already: it learns at a share of the head's rate."""


class MobileNet(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]."""

    scoring = Scoring.SOFTMAX

    def __init__(self, name: str, label_count: int) -> None:
        super().__init__()
        whole = models.get_model(name, weights=None, num_classes=label_count)
        self.label_count = label_count
        self.features = whole.features
        self.classifier = whole.classifier
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        pooled = F.adaptive_avg_pool2d(self.features(images), 1).flatten(1)
        logits: Tensor = self.classifier(pooled)
        return logits

    def stages(self) -> list[Stage]:
        return [
            Stage(TRUNK_SHARE, list(self.features.parameters()), is_trunk=True),
            Stage(1.0, list(self.classifier.parameters())),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        old = self.classifier[-1]
        new = nn.Linear(old.in_features, len(mix))
        new.weight.copy_(mix @ old.weight)
        new.bias.copy_(mix @ old.bias)
        self.classifier[-1] = new
        self.label_count = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)


def build(info: ModelInfo, label_count: int, image_size: int) -> MobileNet:  # noqa: ARG001 takes any size
    return MobileNet(info.name, label_count)

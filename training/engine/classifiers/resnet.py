"""ResNet as a classifier of whole images: torchvision's networks, keys and weights (He et al., 2015)."""

import torch
from torch import Tensor, nn
from torchvision import models

from training.engine.classifiers.classifier import LogitClassifier, mixed, pooled, trunk_stages
from training.engine.model_info import ModelInfo
from training.engine.network import Stage


class ResNet(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]; its stages are the stem, `layer1` to `layer4`, and `fc`."""

    def __init__(self, info: ModelInfo, label_count: int) -> None:
        super().__init__()
        whole = models.get_model(info.name, weights=None, num_classes=label_count)
        self.scoring, self.label_count = info.scoring, label_count
        self.conv1, self.bn1, self.relu, self.maxpool = whole.conv1, whole.bn1, whole.relu, whole.maxpool
        self.layer1, self.layer2, self.layer3, self.layer4 = whole.layer1, whole.layer2, whole.layer3, whole.layer4
        self.fc = whole.fc
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        maps = self.layer4(self.layer3(self.layer2(self.layer1(maps))))
        logits: Tensor = self.fc(pooled(maps))
        return logits

    def stages(self) -> list[Stage]:
        stem = nn.ModuleList([self.conv1, self.bn1])
        trunk = (stem, self.layer1, self.layer2, self.layer3, self.layer4)
        return [*trunk_stages(trunk), Stage(1.0, list(self.fc.parameters()))]

    def replace_head(self, mix: Tensor) -> None:
        self.fc = mixed(self.fc, mix)
        self.label_count = len(mix)


def build(info: ModelInfo, label_count: int, image_size: int) -> ResNet:  # noqa: ARG001 takes any size
    return ResNet(info, label_count)

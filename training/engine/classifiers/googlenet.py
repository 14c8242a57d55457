"""GoogLeNet as a classifier of whole images: torchvision's network, keys and weights (Szegedy et al., 2014).

The two auxiliary heads are left out: those in the published file are not trained. What torchvision calls
`transform_input` is the row's mean and std: the published weights take pixels from -1 to 1.
"""

import torch
from torch import Tensor, nn
from torchvision import models

from training.engine.classifiers.classifier import LogitClassifier, mixed, pooled, trunk_stages
from training.engine.model_info import ModelInfo
from training.engine.network import Stage


class GoogLeNet(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]; its stages are the convolutions, each inception block, and `fc`."""

    def __init__(self, info: ModelInfo, label_count: int) -> None:
        super().__init__()
        whole = models.get_model(info.name, weights=None, num_classes=label_count, aux_logits=False, init_weights=False)
        self.scoring, self.label_count = info.scoring, label_count
        self.trunk = [name for name, _ in whole.named_children() if name not in ("avgpool", "dropout", "fc")]
        for name in self.trunk:
            self.add_module(name, getattr(whole, name))
        self.dropout = whole.dropout
        self.fc = whole.fc
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        maps = images
        for part in self._parts():
            maps = part(maps)
        logits: Tensor = self.fc(self.dropout(pooled(maps)))
        return logits

    def stages(self) -> list[Stage]:
        learning = [part for part in self._parts() if not isinstance(part, nn.MaxPool2d)]
        return [*trunk_stages(learning), Stage(1.0, list(self.fc.parameters()))]

    def replace_head(self, mix: Tensor) -> None:
        self.fc = mixed(self.fc, mix)
        self.label_count = len(mix)

    def _parts(self) -> list[nn.Module]:
        return [self.get_submodule(name) for name in self.trunk]


def build(info: ModelInfo, label_count: int, image_size: int) -> GoogLeNet:  # noqa: ARG001 takes any size
    return GoogLeNet(info, label_count)

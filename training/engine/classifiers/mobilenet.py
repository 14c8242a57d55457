"""MobileNet V2 and V3 as classifiers of whole images: torchvision's networks, keys and weights."""

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import models

from training.engine.catalog import ModelInfo
from training.engine.network import LearningTarget, Network, Stage, contiguous

TRUNK_SHARE = 0.2
"""The trunk knows images already: it learns at a share of the head's rate."""


class MobileNet(Network):
    """Logits [B, C] of images [B, 3, S, S]."""

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

    def predictions(self, images: Tensor) -> Tensor:
        """Softmax probabilities [B, C]."""
        return torch.softmax(self(images), -1)

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        labels = torch.cat([target.labels for target in targets])
        return {"class": F.cross_entropy(self(images).float(), labels, label_smoothing=0.05)}

    def stages(self) -> list[Stage]:
        return [
            Stage(TRUNK_SHARE, list(self.features.parameters()), is_trunk=True),
            Stage(1.0, list(self.classifier.parameters())),
        ]

    @torch.no_grad()
    def mix_rows(self, mix: Tensor) -> None:
        old = self.classifier[-1]
        new = nn.Linear(old.in_features, len(mix))
        new.weight.copy_(mix @ old.weight)
        new.bias.copy_(mix @ old.bias)
        self.classifier[-1] = new
        self.label_count = len(mix)

    @torch.no_grad()
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        scores = self.predictions(images)
        labels = torch.cat([target.labels for target in targets])
        mix = torch.ones(label_count, self.label_count)
        for label in set(labels.tolist()):
            mix[label] = scores[labels == label].mean(0)
        return mix / mix.sum(1, keepdim=True)


class ExportForm(nn.Module):
    """Normalised image [1, 3, S, S] to probabilities [1, C]."""

    def __init__(self, network: MobileNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        return self.network.predictions(image)


def build(info: ModelInfo, label_count: int, image_size: int) -> MobileNet:  # noqa: ARG001 takes any size
    """A network with random weights."""
    return MobileNet(info.name, label_count)


def export_form(network: MobileNet) -> nn.Module:
    """A copy of the network in eval mode that converters can trace: one output, probabilities.

    Its input is normalised by the catalogue's `mean` and `std` of the model (on pixels 0..255).
    """
    return contiguous(ExportForm(copy.deepcopy(network)).cpu().eval().requires_grad_(False))

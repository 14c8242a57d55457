"""YOLOX in its two light editions: no anchors, heads apart for label and box, SimOTA.

A score is objectness times label, both sigmoids.
"""

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.detectors.anchors import iou
from training.engine.detectors.grid import GridDecoder, grid
from training.engine.detectors.heads import mixed
from training.engine.detectors.sim_ota import answers
from training.engine.detectors.yolox_layers import STRIDES, Backbone, Edition, Head, Neck
from training.engine.distributed import mean_count
from training.engine.model_info import ModelInfo
from training.engine.network import Detector, LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

EDITIONS = {
    "yolox_nano": Edition(width=0.25, is_depthwise=True),
    "yolox_tiny": Edition(width=0.375),
}
BOX_WEIGHT = 5.0
TRUNK_SHARE, NECK_SHARE, HEAD_SHARE = 0.025, 0.1, 0.5
"""Of the rate that suits random weights, whose BatchNorm is not folded: what knows images already learns slower."""


class Yolox(Detector):
    """Label logits [B, A, C] and box terms [B, A, 5], by map (the fine one first), row and column."""

    scoring = Scoring.SIGMOID

    def __init__(self, edition: Edition, label_count: int, image_size: int) -> None:
        super().__init__()
        self.label_count = label_count
        self.bf16_pays_on_cpu = not edition.is_depthwise  # 11 images a CPU-second for 8; depthwise 20 for 21
        self.backbone, self.neck = Backbone(edition), Neck(edition)
        self.head = Head(edition, label_count)
        self.register_buffer("anchors", grid([image_size // stride for stride in STRIDES]), persistent=False)
        self.decoder = GridDecoder(self.anchors)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return cast("tuple[Tensor, Tensor]", self.head(self.neck(self.backbone(images))))

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, terms = self(images)
        return torch.sigmoid(terms[..., 4:]) * torch.sigmoid(logits), self.decoder(terms[..., :4])

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """1 - IoU² and cross-entropy of the labels where a cell answers; cross-entropy of objectness.

        A label is to be as sure as the box is right.
        """
        logits, terms = (part.float() for part in self(images))
        boxes, objectness = self.decoder.unclipped(terms[..., :4]), terms[..., 4]
        found = answers(boxes, self.anchors, targets, torch.sigmoid(logits), torch.sigmoid(objectness))
        count, at = mean_count(found.ious.new_tensor(len(found.ious))), (found.images, found.cells)
        sure = F.one_hot(found.labels, self.label_count) * found.ious[:, None]
        there = torch.zeros_like(objectness).index_put(at, torch.ones_like(found.ious))
        return {
            "box": (1 - iou(boxes[at], found.boxes) ** 2).sum() / count * BOX_WEIGHT,
            "object": F.binary_cross_entropy_with_logits(objectness, there, reduction="sum") / count,
            "class": F.binary_cross_entropy_with_logits(logits[at], sure, reduction="sum") / count,
        }

    @torch.no_grad()
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        logits, terms = self(images)
        found = answers(self.decoder(terms[..., :4]), self.anchors, targets)
        fired = torch.sigmoid(logits[found.images, found.cells])
        mix = torch.ones(label_count, self.label_count)
        for label in set(found.labels.tolist()):
            mix[label] = fired[found.labels == label].mean(0)
        return mix / mix.sum(1, keepdim=True)

    def stages(self) -> list[Stage]:
        return [
            Stage(TRUNK_SHARE, list(self.backbone.parameters()), is_trunk=True),
            Stage(NECK_SHARE, list(self.neck.parameters())),
            Stage(HEAD_SHARE, list(self.head.parameters())),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        self.head.cls_preds = nn.ModuleList(mixed(head, mix) for head in self.head.cls_preds)
        self.label_count = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)


def build(info: ModelInfo, label_count: int, image_size: int) -> Yolox:
    return Yolox(EDITIONS[info.name], label_count, image_size)

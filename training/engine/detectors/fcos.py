"""FCOS (Tian et al., 2019) with a ResNet-50 and a feature pyramid: torchvision's network and weights, on squares.

State dict keys are torchvision's own. Its BatchNorm is an ordinary one here, so that random weights can learn.
"""

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models.detection import fcos_resnet50_fpn

from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.heads import mixed
from training.engine.detectors.points import PointDecoder, centredness, point_anchors
from training.engine.distributed import mean_count
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

STRIDES = (8, 16, 32, 64, 128)
START = 2.0
"""Strides that a side is away, by random weights: at torchvision's 0 half of the distances are cut off and can't learn.
"""
STEM = ("conv1", "bn1", "layer1")
"""Edges and textures: what torchvision's recipe holds still, too."""
TRUNK_SHARE = 0.3
PYRAMID_SHARE = 0.5


class Fcos(AnchorDetector):
    """Label logits [B, A, C] and terms [B, A, 5]: four distances and the logit of how central the point is.

    A score is the geometric mean of the label's and the centre's sigmoids.
    """

    scoring = Scoring.SIGMOID
    bf16_pays_on_cpu = True  # a step of 8 images at 192 pixels takes 1.2 CPU-seconds for 3.0

    def __init__(self, label_count: int, image_size: int) -> None:
        super().__init__()
        whole = fcos_resnet50_fpn(weights=None, weights_backbone=None, num_classes=label_count)
        self.label_count = label_count
        self.backbone = whole.backbone
        self.head = whole.head
        nn.init.constant_(self.head.regression_head.bbox_reg.bias, START)
        self.place_anchors(point_anchors(image_size, STRIDES))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def place_anchors(self, anchors: Tensor) -> None:
        self.register_buffer("anchors", anchors, persistent=False)
        self.points = PointDecoder(anchors)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = list(self.backbone(images).values())
        distances, centre = self.head.regression_head(maps)
        return self.head.classification_head(maps), torch.cat([distances, centre], -1)

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, terms = self(images)
        scores = torch.sqrt(torch.sigmoid(logits) * torch.sigmoid(terms[..., 4:]))
        return scores, self.points(terms[..., :4])

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """GIoU and cross-entropy of the centre where a point answers; focal cross-entropy of the labels everywhere."""
        from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss  # the package made it importable

        logits, terms = (part.float() for part in self(images))
        labels, wanted = self.assigned(targets)
        there = labels >= 0
        count = mean_count(there.sum())
        boxes = self.points.unclipped(terms[..., :4])[there]
        centre = centredness(self.points.points.expand_as(wanted[..., :2])[there], wanted[there])
        truth = F.one_hot(labels + 1, self.label_count + 1)[..., 1:].to(logits)  # nothing, -1, is in no column
        said = F.binary_cross_entropy_with_logits(terms[..., 4][there], centre, reduction="sum")
        return {
            "box": generalized_box_iou_loss(boxes, wanted[there], reduction="sum") / count,
            "centre": said / count,
            "class": sigmoid_focal_loss(logits, truth, reduction="sum") / count,
        }

    def assigned(self, targets: Sequence[LearningTarget]) -> tuple[Tensor, Tensor]:
        """Per point the label [B, A], -1 where nothing is, and the box [B, A, 4] that it answers for."""
        shape = (len(targets), len(self.anchors))
        labels = torch.full(shape, -1, dtype=torch.int64, device=self.anchors.device)
        wanted = torch.zeros((*shape, 4), device=self.anchors.device)
        for i, target in enumerate(targets):
            matched, box = self.points.match(target.boxes)
            labels[i, matched] = target.labels[box]
            wanted[i, matched] = target.boxes[box]
        return labels, wanted

    def stages(self) -> list[Stage]:
        stem = [layer for name, layer in self.backbone.body.named_children() if name in STEM]
        rest = [layer for name, layer in self.backbone.body.named_children() if name not in STEM]
        return [
            Stage(0.0, _parameters(stem), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(rest), is_trunk=True),
            Stage(PYRAMID_SHARE, _parameters([self.backbone.fpn])),
            Stage(1.0, _parameters([self.head])),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        labels = self.head.classification_head
        labels.cls_logits = mixed(labels.cls_logits, mix)
        self.label_count = labels.num_classes = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)


def build(info: ModelInfo, label_count: int, image_size: int) -> Fcos:  # noqa: ARG001 one shape for all families
    return Fcos(label_count, image_size)


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]

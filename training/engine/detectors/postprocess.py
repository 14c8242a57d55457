"""From raw scores and boxes to detections: one set of limits for torch and for every artifact."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from training.engine.config import NMS_THRESHOLD, SCORE_THRESHOLD, Config
from training.engine.scoring import Scoring

MAX_CANDIDATES = 1000
"""Boxes per label, the best by score, that non-maximum suppression looks at: dozens say the same object."""

MAX_DETECTIONS = 100
"""Detections an image, the best by score."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which boxes survive: those over `score` that no better one of their label overlaps by more than `iou`."""

    score: float = SCORE_THRESHOLD
    iou: float = NMS_THRESHOLD
    max_detections: int = MAX_DETECTIONS

    @classmethod
    def of(cls, config: Config) -> Self:
        return cls(config.score_threshold, config.nms_threshold)


USUAL = Suppression()


@dataclass(frozen=True, slots=True)
class Detections:
    """One image's detections by falling score: `boxes` [n, 4] corners 0..1, `scores` [n], `labels` [n] from 0."""

    boxes: Tensor
    scores: Tensor
    labels: Tensor


def detections(
    scores: Tensor,
    boxes: Tensor,
    scoring: Scoring = Scoring.SOFTMAX_WITH_BACKGROUND,
    suppression: Suppression = USUAL,
) -> Detections:
    """One image's detections from `scores` [N, columns] as `scoring` says and `boxes` [N, 4], both on any device."""
    from torchvision.ops import nms  # the package's __init__ made it importable

    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for label in range(scores.shape[1] - scoring.first_label):
        of_label = scores[:, scoring.first_label + label]
        candidates = (of_label > suppression.score).nonzero()[:, 0]
        if len(candidates) == 0:
            continue
        if len(candidates) > MAX_CANDIDATES:
            candidates = candidates[of_label[candidates].topk(MAX_CANDIDATES).indices]
        kept = candidates[nms(boxes[candidates], of_label[candidates], suppression.iou)]
        found.append((boxes[kept], of_label[kept], torch.full_like(kept, label)))
    if not found:
        return Detections(boxes.new_zeros(0, 4), scores.new_zeros(0), torch.zeros(0, dtype=torch.int64))
    all_boxes, all_scores, all_labels = (torch.cat(parts) for parts in zip(*found, strict=True))
    order = all_scores.argsort(descending=True, stable=True)[: suppression.max_detections]
    return Detections(all_boxes[order], all_scores[order], all_labels[order])

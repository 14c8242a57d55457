"""How much of a run's labelled images its base knows already, before it has learned from one of them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from training.engine.detectors.anchors import pairwise_iou
from training.engine.network import Detector, LearningTarget, Network

FOUND_IOU = 0.5
FOUND_SCORE = 0.3
"""A box is found where an answer of this score overlaps it by that, whatever its label."""


@torch.no_grad()
def known_share(network: Network, images: Tensor, targets: Sequence[LearningTarget]) -> float:
    """0 to 1. Of a detector: the share of the boxes that it finds, whatever it calls them.

    Of a classifier: the share of the images whose label its answers tell beyond guessing, by the nearest mean of the
    other images' answers. Square roots of scores are compared (Hellinger): of a thousand, most are noise near 0.
    """
    scores, *rest = network.predictions(images) if isinstance(network, Detector) else (network.predictions(images),)
    if rest:
        return _found_share(scores[..., network.scoring.first_label :].amax(-1), rest[0], targets)
    return _told_share(scores.sqrt(), torch.cat([target.labels for target in targets]))


def _found_share(sure: Tensor, boxes: Tensor, targets: Sequence[LearningTarget]) -> float:
    """Of `sure` [B, A], the best score of each answer, and their `boxes` [B, A, 4]."""
    found = [
        pairwise_iou(target.boxes, boxes[i, sure[i] >= FOUND_SCORE]) >= FOUND_IOU for i, target in enumerate(targets)
    ]
    count = sum(map(len, found))
    return sum(int(one.any(1).sum()) for one in found) / count if count else 0.0


def _told_share(answers: Tensor, labels: Tensor) -> float:
    """Of `answers` [n, columns], images with `labels` [n]; one whose label no other has is left out."""
    kept = [i for i, label in enumerate(labels) if (labels == label).sum() > 1]
    answers, labels = answers[kept], labels[kept]
    names = torch.tensor(sorted(set(labels.tolist())))
    if len(names) < 2:
        return 0.0
    right = 0
    for i in range(len(labels)):
        others = torch.arange(len(labels)) != i
        means = torch.stack([answers[others & (labels == name)].mean(0) for name in names])
        right += int(names[torch.cdist(answers[i][None], means).argmin()] == labels[i])
    guessed = float((labels[:, None] == names).sum(0).max()) / len(labels)
    return max(0.0, (right / len(labels) - guessed) / (1 - guessed))

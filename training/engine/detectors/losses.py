"""What a detector with anchors minimises, by the scoring of its heads.

`logits` [B, A, columns] and `deltas` [B, A, 4] are what it says; `labels` [B, A], NOTHING or UNSURE where it is below
zero, and `wanted` [B, A, 4] what it should say: see `AnchorDetector.assigned`.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from training.engine.detectors.anchors import NOTHING, UNSURE
from training.engine.distributed import mean_count

NEGATIVES_PER_POSITIVE = 3
FOCUS = 2.0
"""Focal loss: the exponent that takes weight from what is already said right."""
Losses = dict[str, Tensor]


def softmax_losses(logits: Tensor, deltas: Tensor, labels: Tensor, wanted: Tensor) -> Losses:
    """Smooth L1 on matched anchors; cross-entropy on them and on the three hardest negatives for each."""
    logits, deltas = logits.float(), deltas.float()
    positive, classes = labels >= 0, (labels + 1).clamp(min=0)  # class 0 is the background
    count = mean_count(positive.sum())
    box = F.smooth_l1_loss(deltas[positive], wanted[positive], reduction="sum")
    entropy = F.cross_entropy(logits.flatten(0, 1), classes.flatten(), reduction="none").view_as(classes)
    counted = positive | _hard_negatives(entropy.detach(), positive, labels == NOTHING)
    return {"box": box / count, "class": (entropy * counted).sum() / count}


def focal_losses(logits: Tensor, deltas: Tensor, labels: Tensor, wanted: Tensor) -> Losses:
    """Smooth L1 on matched anchors; focal cross-entropy of sigmoids on all of them."""
    logits, deltas = logits.float(), deltas.float()
    positive = labels >= 0
    count = mean_count(positive.sum())
    box = F.smooth_l1_loss(deltas[positive], wanted[positive], reduction="sum")
    truth = F.one_hot((labels + 1).clamp(min=0), logits.shape[-1] + 1)[..., 1:].to(logits)  # nothing is in no column
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    missed = (truth - torch.sigmoid(logits)).abs()
    said = missed**FOCUS * entropy * (labels != UNSURE)[..., None]
    return {"box": box / count, "class": said.sum() / count}


def _hard_negatives(entropy: Tensor, positive: Tensor, nothing: Tensor) -> Tensor:
    """The `nothing` anchors [B, A] that look most like objects: three for each positive of the image, at least one."""
    wanted = (positive.sum(1, keepdim=True) * NEGATIVES_PER_POSITIVE).clamp(min=NEGATIVES_PER_POSITIVE)
    most = min(int(wanted.max()), entropy.shape[1])
    hardest = entropy.masked_fill(~nothing, -math.inf).topk(most, 1).indices
    within = torch.arange(most, device=entropy.device)[None] < wanted
    return torch.zeros_like(positive).scatter_(1, hardest, within) & nothing

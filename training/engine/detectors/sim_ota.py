"""SimOTA: the cells that answer for a box are those near its middle that already say it best.

Ge et al., YOLOX, arXiv 2107.08430, section 2.1; the numbers are those of its sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from training.engine.detectors.anchors import centres_and_sizes, pairwise_iou
from training.engine.network import LearningTarget

RADIUS = 1.5
"""Cells, across and down, between the middle of a box and that of a cell that may answer for it."""
MOST = 10
"""A box has as many cells as its best so many overlaps add up to."""
IOU_WEIGHT = 3.0
FAR = 1e6
"""The cost of a cell that is near another box only."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Which cells of which images answer [m]: their boxes [m, 4] and labels [m], and how well they say them [m]."""

    images: Tensor
    cells: Tensor
    boxes: Tensor
    labels: Tensor
    ious: Tensor


@torch.no_grad()
def answers(
    said: Tensor,
    grid: Tensor,
    targets: Sequence[LearningTarget],
    scores: Tensor | None = None,
    objectness: Tensor | None = None,
) -> Answers:
    """By the boxes `said` [B, A, 4] in the cells `grid` [A, 4], and by what they say of the labels, where given.

    `scores` [B, A, C] and `objectness` [B, A] are sigmoids.
    """
    found = []
    for i, target in enumerate(targets):
        costs = said.new_zeros(len(target.boxes), len(grid))
        if scores is not None and objectness is not None:
            costs = label_costs((scores[i] * objectness[i, :, None]).sqrt(), target.labels)
        cells, boxes, ious = assigned(target.boxes, said[i], grid, costs)
        found.append((torch.full_like(cells, i), cells, target.boxes[boxes], target.labels[boxes], ious))
    return Answers(*(torch.cat(parts) for parts in zip(*found, strict=True)))


def assigned(wanted: Tensor, said: Tensor, grid: Tensor, costs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of one image: the cells [m] that answer, for which box each [m], and their IoU [m].

    `wanted` [n, 4], `said` [A, 4], `grid` [A, 4], `costs` [n, A]: what the labels cost.
    """
    near = near_cells(wanted, grid)
    some = near.any(0).nonzero()[:, 0]
    if len(some) == 0:
        return some, some, said.new_zeros(0)
    overlap = pairwise_iou(wanted, said[some])
    costs = costs[:, some] - IOU_WEIGHT * torch.log(overlap + 1e-8) + FAR * ~near[:, some]
    chosen = _cheapest(costs, _counts(overlap))
    cells = chosen.any(0).nonzero()[:, 0]
    boxes = chosen[:, cells].int().argmax(0)
    return some[cells], boxes, overlap[boxes, cells]


def near_cells(wanted: Tensor, grid: Tensor) -> Tensor:
    """Which cells [n, A] have their middle near that of the box."""
    centres, _ = centres_and_sizes(wanted)
    middles, sides = centres_and_sizes(grid)
    away = (centres[:, None] - middles).abs()
    return (away < RADIUS * sides).all(-1)


def label_costs(scores: Tensor, labels: Tensor) -> Tensor:
    """The cross-entropy [n, A] of scores [A, C] where each of the labels [n] is the one to be said."""
    yes, no = torch.log(scores).clamp(min=-100), torch.log(1 - scores).clamp(min=-100)
    return (no - yes)[:, labels].T - no.sum(-1)


def _counts(overlap: Tensor) -> Tensor:
    """How many cells [n] each box has."""
    return overlap.topk(min(MOST, overlap.shape[1]), 1).values.sum(1).int().clamp(min=1)


def _cheapest(costs: Tensor, counts: Tensor) -> Tensor:
    """Which cells [n, A] answer for which box: so many of the cheapest; one that several have, where it costs least."""
    ranks = costs.argsort(1).argsort(1)
    chosen = ranks < counts[:, None]
    alone = F.one_hot(costs.argmin(0), len(costs)).T.bool()
    return torch.where(chosen.sum(0) > 1, alone, chosen)

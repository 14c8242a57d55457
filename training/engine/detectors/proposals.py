"""The first stage of Faster R-CNN: which boxes are worth a closer look (Ren et al., 2015).

Every shape is fixed by the image's size, so that it can be traced: as many proposals as asked for, whatever is seen.
"""

import torch
from torch import Tensor

from training.engine.detectors.anchors import pairwise_iou

OVERLAP = 0.7
"""Of two proposals that overlap more than this, the better one stays."""
ROUNDS = 12
"""Of suppression. A chain of more boxes, each of which suppresses the next, is rare and costs nothing but a place."""
SUPPRESSED = 1e4
"""What a suppressed logit loses: it is chosen only where nothing else is left."""


def best_proposals(logits: Tensor, boxes: Tensor, levels: list[int], count: int) -> Tensor:
    """The boxes [B, count, 4] that objects are likeliest in, of `boxes` [B, A, 4] by `logits` [B, A].

    Each map, which has as many rows as `levels` says, suppresses among its own best `count`.
    """
    parts = zip(torch.split(logits, levels, 1), torch.split(boxes, levels, 1), strict=True)
    found = [_best_of_map(of_map, its_boxes, count) for of_map, its_boxes in parts]
    values, candidates = (torch.cat(both, 1) for both in zip(*found, strict=True))
    return _chosen(candidates, values.topk(count, 1).indices)


def _best_of_map(logits: Tensor, boxes: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Logits, low where suppressed, and boxes of the best `count`."""
    best = logits.topk(min(count, logits.shape[1]), 1)
    candidates = _chosen(boxes, best.indices)
    alive = torch.stack([unsuppressed(pairwise_iou(some, some) > OVERLAP) for some in candidates])
    return best.values - SUPPRESSED * (1 - alive), candidates


def unsuppressed(overlaps: Tensor, rounds: int = ROUNDS) -> Tensor:
    """1 for each of n boxes, best first, that greedy suppression keeps, else 0: [n]; `overlaps` [n, n] says whose.

    A box goes if a better one that stays overlaps it. Said of all boxes at once, again and again, this ends with
    what a greedy loop finds (Cluster-NMS, Zheng et al., 2020).
    """
    order = torch.arange(len(overlaps), device=overlaps.device)
    rivals = (overlaps & (order[:, None] < order)).float()
    alive = torch.ones_like(rivals[0])
    for _ in range(rounds):
        alive = 1 - (rivals * alive[:, None]).amax(0)
    return alive


def _chosen(boxes: Tensor, indices: Tensor) -> Tensor:
    return boxes.gather(1, indices[..., None].expand(-1, -1, 4))

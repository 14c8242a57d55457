"""Anchors: which of them answer for which true box, and how a box is coded relative to its anchor."""

import math

import torch
from torch import Tensor, nn

from training.engine.anchor_layout import AnchorLayout, AnchorLevel

CENTRE_WEIGHT = 10.0
SIZE_WEIGHT = 5.0
MAX_LOG_SIZE = math.log(1000 / 16)
MATCH_IOU = 0.5
FINE_MATCH_IOU, FINE_NEAR_IOU = 0.45, 0.4
"""Where there are fine anchors: some small boxes have no anchor that overlaps them by half.

From the second on an anchor is too near to a box to learn that nothing is there. What learns nothing still answers, as
surely as its neighbours and in the wrong place: the two are close together.
"""
NOTHING, UNSURE = -1, -2
"""An anchor's label where it answers for no box, and where it is not to learn anything."""


def laid_out(layout: AnchorLayout, image_size: int) -> Tensor:
    """Anchors [A, 4] by map, row, column and shape, corners as shares; the fine ones last."""
    return torch.cat([_of_level(level).reshape(-1, 4) for level in layout.levels(image_size)]).float()


def _of_level(level: AnchorLevel) -> Tensor:
    """Anchors [cells, cells, shapes, 4] in double precision."""
    steps = (torch.arange(level.cells, dtype=torch.float64) + 0.5) / level.cells
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    centres = torch.stack([x, y, x, y], -1)[:, :, None]
    sizes = torch.tensor(level.shapes, dtype=torch.float64)
    return centres + torch.cat([-sizes, sizes], -1) / 2


def centres_and_sizes(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Corners [..., 4] as centres [..., 2] and sizes [..., 2]."""
    sizes = boxes[..., 2:] - boxes[..., :2]
    return boxes[..., :2] + sizes / 2, sizes


def pairwise_iou(boxes: Tensor, anchors: Tensor) -> Tensor:
    """Intersection over union [n, A] of `boxes` [n, 4] and `anchors` [A, 4]."""
    return iou(boxes[:, None], anchors[None])


def iou(boxes: Tensor, others: Tensor) -> Tensor:
    """Intersection over union [...] of boxes [..., 4], one by one."""
    low = torch.maximum(boxes[..., :2], others[..., :2])
    high = torch.minimum(boxes[..., 2:], others[..., 2:])
    shared = (high - low).clamp_(min=0).prod(-1)
    area_of_boxes = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    area_of_others = (others[..., 2:] - others[..., :2]).prod(-1)
    return shared / (area_of_boxes + area_of_others - shared).clamp(min=1e-9)


def match(boxes: Tensor, anchors: Tensor) -> tuple[Tensor, Tensor]:
    """Which anchors [m] answer for which boxes [m]."""
    box = box_of_anchors(boxes, anchors)
    matched = (box >= 0).nonzero()[:, 0]
    return matched, box[matched]


@torch.no_grad()
def box_of_anchors(boxes: Tensor, anchors: Tensor, match_iou: float = MATCH_IOU, near_iou: float = MATCH_IOU) -> Tensor:
    """Which of `boxes` [n, 4] each anchor [A] answers for: with IoU >= `match_iou`, or as the best one of the box.

    UNSURE where it is at least `near_iou` with any, else NOTHING.
    """
    if len(boxes) == 0:
        return torch.full((len(anchors),), NOTHING, device=anchors.device)
    iou = pairwise_iou(boxes, anchors)
    value, box = iou.max(0)
    box.masked_fill_(value < match_iou, UNSURE).masked_fill_(value < near_iou, NOTHING)
    box[iou.argmax(1)] = torch.arange(len(boxes), device=anchors.device)
    return box


def encode(boxes: Tensor, anchors: Tensor) -> Tensor:
    """Boxes [m, 4] relative to their anchors [m, 4]: what the regression head learns."""
    centres, sizes = centres_and_sizes(boxes)
    anchor_centres, anchor_sizes = centres_and_sizes(anchors)
    shift = (centres - anchor_centres) / anchor_sizes * CENTRE_WEIGHT
    growth = torch.log(sizes.clamp(min=1e-4) / anchor_sizes) * SIZE_WEIGHT
    return torch.cat([shift, growth], -1)


class Decoder(nn.Module):
    """Turns regressed deltas [B, A, 4] into boxes [B, A, 4], corners 0..1 clipped; the anchors are constants in it."""

    anchor_centres: Tensor
    anchor_sizes: Tensor

    def __init__(self, anchors: Tensor) -> None:
        super().__init__()
        centres, sizes = centres_and_sizes(anchors)
        self.register_buffer("anchor_centres", centres[None].contiguous(), persistent=False)
        self.register_buffer("anchor_sizes", sizes[None].contiguous(), persistent=False)

    def forward(self, deltas: Tensor) -> Tensor:
        return decode(deltas, self.anchor_centres, self.anchor_sizes)


def decode(deltas: Tensor, centres: Tensor, sizes: Tensor) -> Tensor:
    """Boxes [..., 4], corners 0..1 clipped, of `deltas` [..., 4] and anchors in the middle of `centres` [..., 2]."""
    middles = deltas[..., :2] * (1 / CENTRE_WEIGHT) * sizes + centres
    growth = (deltas[..., 2:] * (1 / SIZE_WEIGHT)).clamp(max=MAX_LOG_SIZE)
    half = torch.exp(growth) * sizes * 0.5
    return torch.cat([middles - half, middles + half], -1).clamp(0.0, 1.0)

"""Boxes as FCOS codes them: a point of a map says how far the four sides of its box are (Tian et al., 2019).

Distances are left, top, right, bottom, in strides of the point's map.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.engine.detectors.anchors import centres_and_sizes

CENTRE_RADIUS = 1.5
"""Only points that are at most so many strides from a box's centre answer for it."""
NEAREST, FURTHEST = 4.0, 8.0
"""A map answers for boxes whose furthest side is so many strides away; the finest also for nearer ones, the coarsest
also for further ones."""


class PointDecoder(nn.Module):
    """Turns distances [B, A, 4] into boxes [B, A, 4], corners 0..1 clipped; the points are constants in it."""

    points: Tensor
    strides: Tensor
    reach: Tensor

    def __init__(self, anchors: Tensor) -> None:
        """`anchors` [A, 4]: squares around the points, a stride of their map wide."""
        super().__init__()
        points, sizes = centres_and_sizes(anchors)
        strides = sizes[:, :1]
        nearest = torch.where(strides > strides.min() * 1.5, strides * NEAREST, 0.0)
        furthest = torch.where(strides < strides.max() / 1.5, strides * FURTHEST, torch.inf)
        self.register_buffer("points", points[None].contiguous(), persistent=False)
        self.register_buffer("strides", strides[None].contiguous(), persistent=False)
        self.register_buffer("reach", torch.cat([nearest, furthest], 1), persistent=False)

    def forward(self, distances: Tensor) -> Tensor:
        return self.unclipped(distances).clamp(0.0, 1.0)

    def unclipped(self, distances: Tensor) -> Tensor:
        low = self.points - distances[..., :2] * self.strides
        high = self.points + distances[..., 2:] * self.strides
        return torch.cat([low, high], -1)

    @torch.no_grad()
    def match(self, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Which points [m] answer for which of the boxes [n, 4]: of several boxes the smallest."""
        if len(boxes) == 0:
            none = torch.zeros(0, dtype=torch.int64, device=boxes.device)
            return none, none
        centres, sizes = centres_and_sizes(boxes)
        away = (self.points[0, :, None] - centres).abs().amax(-1)
        sides = side_distances(self.points[0, :, None], boxes)
        furthest = sides.amax(-1)
        answers = (away < self.strides[0] * CENTRE_RADIUS) & (sides.amin(-1) > 0)
        answers &= (furthest > self.reach[:, :1]) & (furthest < self.reach[:, 1:])
        area, box = sizes.prod(-1).expand_as(answers).masked_fill(~answers, torch.inf).min(1)
        matched = area.isfinite().nonzero()[:, 0]
        return matched, box[matched]


def side_distances(points: Tensor, boxes: Tensor) -> Tensor:
    """How far left, top, right and bottom of `boxes` [..., 4] are from `points` [..., 2]: [..., 4], over 0 inside."""
    return torch.cat([points - boxes[..., :2], boxes[..., 2:] - points], -1)


def centredness(points: Tensor, boxes: Tensor) -> Tensor:
    """1 in the middle of its box, 0 on its edge: [...] of `points` [..., 2] and `boxes` [..., 4]."""
    left, top, right, bottom = side_distances(points, boxes).unbind(-1)
    across = torch.minimum(left, right) / torch.maximum(left, right)
    down = torch.minimum(top, bottom) / torch.maximum(top, bottom)
    return (across * down).sqrt()


def point_anchors(image_size: int, strides: Sequence[int]) -> Tensor:
    """Anchors [A, 4] by map, row and column, corners as shares of the image: squares, a stride wide.

    A convolution with stride 2 and padding 1 looks around every second point from the first on, so that the first
    point of each map is the corner of the image.
    """
    return torch.cat([_of_map(-(-image_size // stride), stride) for stride in strides]) / image_size


def _of_map(side: int, stride: int) -> Tensor:
    steps = torch.arange(side) * float(stride)
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack([x, y, x, y], -1).reshape(-1, 4) + torch.tensor([-0.5, -0.5, 0.5, 0.5]) * stride

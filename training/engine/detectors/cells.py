"""Boxes as YOLO codes them: the cell with a box's centre answers for it, by the anchor that is most like it in shape.

Box terms are darknet's: x, y (a sigmoid: where in the cell the centre is), w, h (an exponential: how often the anchor).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.engine.detectors.anchors import MAX_LOG_SIZE, centres_and_sizes

ALSO_IOU = 0.5
"""Beside the anchor that is most like a box in shape, each other one that is so like it answers for the box."""

Shape = tuple[float, float]
"""Width and height of an anchor as shares of the image."""


class CellDecoder(nn.Module):
    """Turns box terms [B, A, 4] into boxes [B, A, 4], corners 0..1 clipped; the anchors are constants in it."""

    centres: Tensor
    sizes: Tensor
    cells: Tensor

    def __init__(self, anchors: Tensor, cells: Tensor) -> None:
        """`anchors` [A, 4]: corners, each in the middle of its cell; `cells` [A, 1]: the side of that cell."""
        super().__init__()
        centres, sizes = centres_and_sizes(anchors)
        for name, tensor in (("centres", centres), ("sizes", sizes), ("cells", cells)):
            self.register_buffer(name, tensor[None].contiguous(), persistent=False)

    def forward(self, terms: Tensor) -> Tensor:
        return self.unclipped(terms).clamp(0.0, 1.0)

    def unclipped(self, terms: Tensor) -> Tensor:
        centres = (torch.sigmoid(terms[..., :2]) - 0.5) * self.cells + self.centres
        half = torch.exp(terms[..., 2:].clamp(max=MAX_LOG_SIZE)) * self.sizes * 0.5
        return torch.cat([centres - half, centres + half], -1)

    @torch.no_grad()
    def match(self, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Which anchors [m] answer for which of the boxes [n, 4]; an anchor answers for one box only."""
        box_of_anchor = torch.full_like(self.cells[0, :, 0], -1, dtype=torch.int64)
        if len(boxes):
            iou = self._iou_in_cell(boxes)
            value, nearest = iou.max(0)
            box_of_anchor[value >= ALSO_IOU] = nearest[value >= ALSO_IOU]
            box_of_anchor[iou.argmax(1)] = torch.arange(len(boxes), device=boxes.device)
        matched = (box_of_anchor >= 0).nonzero()[:, 0]
        return matched, box_of_anchor[matched]

    def _iou_in_cell(self, boxes: Tensor) -> Tensor:
        """Of boxes and anchors laid on one centre [n, A], -1 where the centre of the box is in another cell."""
        centres, sizes = centres_and_sizes(boxes)
        away = (centres[:, None] - self.centres).abs().amax(-1)
        shared = torch.minimum(sizes[:, None], self.sizes).prod(-1)
        iou = shared / (sizes.prod(-1)[:, None] + self.sizes.prod(-1) - shared).clamp(min=1e-9)
        return iou.masked_fill(away > self.cells[..., 0] / 2, -1.0)


def cell_anchors(sides: Sequence[int], shapes: Sequence[Sequence[Shape]]) -> Tensor:
    """Anchors [A, 4] by map, row, column and shape, corners as shares; a map has `sides` cells across and down."""
    return torch.cat([_of_map(side, torch.tensor(of_map)) for side, of_map in zip(sides, shapes, strict=True)])


def cell_sides(sides: Sequence[int], shapes_per_cell: int) -> Tensor:
    """The side [A, 1] of the cell of each such anchor, as a share."""
    return torch.cat([torch.full((side * side * shapes_per_cell, 1), 1 / side) for side in sides])


def _of_map(side: int, sizes: Tensor) -> Tensor:
    steps = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    centres = torch.stack([x, y, x, y], -1)[:, :, None]
    return (centres + torch.cat([-sizes, sizes], -1) / 2).reshape(-1, 4)

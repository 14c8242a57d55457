"""What a map shows inside boxes: RoIAlign (He et al., 2017) as two matrix products, which every converter knows."""

import torch
import torch.nn.functional as F
from torch import Tensor

BINS = 7
"""Across and down a region."""
SAMPLES = 2
"""Across and down a bin."""


def regions(maps: Tensor, boxes: Tensor) -> Tensor:
    """The maps [B, C, H, W] in `boxes` [B, K, 4], corners 0..1, as [B * K, C, BINS, BINS].

    As torchvision's `roi_align` with 2 samples a bin and `aligned=False`: a bilinear sample of a map is a product of
    one weight a row and one a column.
    """
    batch, channels, height, width = maps.shape
    count = boxes.shape[1]
    down = _weights(boxes[..., 1], boxes[..., 3], height).reshape(batch, count * BINS, height)
    across = _weights(boxes[..., 0], boxes[..., 2], width).reshape(batch * count, 1, BINS, width)
    rows = down @ maps.permute(0, 2, 1, 3).reshape(batch, height, channels * width)
    seen = rows.reshape(batch * count, BINS, channels, width) @ across.transpose(2, 3)
    return seen.permute(0, 2, 1, 3)


def _weights(low: Tensor, high: Tensor, side: int) -> Tensor:
    """How much each of a map's `side` rows counts in regions from `low` to `high` [B, K]: [B, K, BINS, side].

    A region is at least one row high; beyond the map's end is its last row.
    """
    steps = (torch.arange(BINS * SAMPLES, device=low.device, dtype=low.dtype) + 0.5) / (BINS * SAMPLES)
    heights = ((high - low) * side).clamp(min=1.0)
    places = (low * side)[..., None] + heights[..., None] * steps
    rows = torch.arange(side, device=low.device, dtype=low.dtype)
    near = F.relu(1 - (places.clamp(0.0, side - 1.0)[..., None] - rows).abs())
    return near.reshape(*low.shape, BINS, SAMPLES, side).mean(-2)

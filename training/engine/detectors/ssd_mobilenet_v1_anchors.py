"""The anchors that the published SSD-MobileNetV1 were trained with: [A, 4], corners as shares of the image.

A is all anchors of the first cell, of the next one in the row, of the next row, of the next map.
"""

import itertools
import math

import torch
from torch import Tensor

from training.engine.anchor_layout import TENSORFLOW_SSD, Shape, stretched
from training.engine.detectors.anchors import laid_out

SHRINKAGES = (16, 32, 64, 100, 150, 300)
SIZES = (60, 105, 150, 195, 240, 285, 330)
IMAGE_SIZE = 300


def tensorflow_anchors(image_size: int) -> Tensor:
    return laid_out(TENSORFLOW_SSD, image_size)


def pytorch_anchors(image_size: int) -> Tensor:
    """As pytorch-ssd makes them: its cells are 16, 32, 64 ... pixels wide, which the last ones leave to the right."""
    boxes = [
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for level, cell in enumerate(SHRINKAGES)
        for y, x in itertools.product(_centres(math.ceil(image_size / 2 ** (level + 4)), cell), repeat=2)
        for width, height in _shapes(level)
    ]
    return torch.tensor(boxes)


def _centres(cells: int, width: int) -> list[float]:
    return [min((i + 0.5) * width / IMAGE_SIZE, 1.0) for i in range(cells)]


def _shapes(level: int) -> list[Shape]:
    """Nothing is wider or higher than the image."""
    least, most = (size / IMAGE_SIZE for size in SIZES[level : level + 2])
    between = math.sqrt(least * most)
    shapes = [(least, least), (between, between), *(stretched(least, ratio) for ratio in (2, 1 / 2, 3, 1 / 3))]
    return [(min(width, 1.0), min(height, 1.0)) for width, height in shapes]

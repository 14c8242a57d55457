"""The anchors that the published SSD-MobileNetV1 were trained with: [A, 4], corners as shares of the image.

A is all anchors of the first cell, of the next one in the row, of the next row, of the next map.
"""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

TENSORFLOW_SCALES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)
PYTORCH_SHRINKAGES = (16, 32, 64, 100, 150, 300)
PYTORCH_SIZES = (60, 105, 150, 195, 240, 285, 330)
PYTORCH_IMAGE_SIZE = 300

Shape = tuple[float, float]
"""Width and height as shares of the image."""


def tensorflow_anchors(grids: Sequence[int]) -> Tensor:
    """As TensorFlow's object detection makes them, on maps of `grids` cells a side."""
    centres = [[(i + 0.5) / cells for i in range(cells)] for cells in grids]
    shapes = [_tensorflow_shapes(level) for level in range(len(grids))]
    return _corners(centres, shapes)


def pytorch_anchors(grids: Sequence[int]) -> Tensor:
    """As pytorch-ssd makes them: its cells are 16, 32, 64 ... pixels wide, which the last ones leave to the right."""
    centres = [
        [min((i + 0.5) * width / PYTORCH_IMAGE_SIZE, 1.0) for i in range(cells)]
        for cells, width in zip(grids, PYTORCH_SHRINKAGES, strict=True)
    ]
    return _corners(centres, [_pytorch_shapes(level) for level in range(len(grids))])


def _tensorflow_shapes(level: int) -> list[Shape]:
    scale, next_scale = TENSORFLOW_SCALES[level : level + 2]
    if level == 0:
        return [(0.1, 0.1), _stretched(scale, 2), _stretched(scale, 1 / 2)]
    stretched = [_stretched(scale, ratio) for ratio in (1, 2, 1 / 2, 3, 1 / 3)]
    between = math.sqrt(scale * next_scale)
    return [*stretched, (between, between)]


def _pytorch_shapes(level: int) -> list[Shape]:
    """Nothing is wider or higher than the image."""
    least, most = (size / PYTORCH_IMAGE_SIZE for size in PYTORCH_SIZES[level : level + 2])
    between = math.sqrt(least * most)
    shapes = [(least, least), (between, between), *(_stretched(least, ratio) for ratio in (2, 1 / 2, 3, 1 / 3))]
    return [(min(width, 1.0), min(height, 1.0)) for width, height in shapes]


def _stretched(scale: float, ratio: float) -> Shape:
    """A box of the area `scale`² that is `ratio` times as wide as high."""
    return scale * math.sqrt(ratio), scale / math.sqrt(ratio)


def _corners(centres: Sequence[Sequence[float]], shapes: Sequence[Sequence[Shape]]) -> Tensor:
    boxes = [
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for along, of_cell in zip(centres, shapes, strict=True)
        for y, x in itertools.product(along, along)
        for width, height in of_cell
    ]
    return torch.tensor(boxes)

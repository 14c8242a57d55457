"""Where a detector's anchors lie, in numbers alone: torch-free, so that a set of boxes is measured before a run."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, repeat

Shape = tuple[float, float]
"""Width and height as shares of the image's sides."""

Corners = tuple[float, float, float, float]
"""`x_min, y_min, x_max, y_max` as shares of the image's sides."""

FINE_CELLS = 2
"""Fine anchors are on a map so many times as fine, across and down, as the finest of the model's own."""


@dataclass(frozen=True, slots=True)
class AnchorLevel:
    """Each of `shapes` at the centre of every cell of a grid of `cells` by `cells`."""

    cells: int
    shapes: tuple[Shape, ...]

    def best_iou(self, box: Corners) -> float:
        """Of the box and the anchor that overlaps it best: the nearest centre's, whatever the shape."""
        across = self._offset(box[0], box[2])
        down = self._offset(box[1], box[3])
        width, height = box[2] - box[0], box[3] - box[1]
        return max(
            (_iou(_shared(width, w, across) * _shared(height, h, down), width * height, w * h) for w, h in self.shapes),
            default=0.0,
        )

    def _offset(self, low: float, high: float) -> float:
        centre = (low + high) / 2
        cell = min(int(centre * self.cells), self.cells - 1)
        return abs(centre - (cell + 0.5) / self.cells)


@dataclass(frozen=True, slots=True)
class AnchorLayout:
    """Maps from fine to coarse: the first has a cell for `stride` pixels, each other half as many as the one before."""

    stride: int
    shapes: tuple[tuple[Shape, ...], ...]
    """Per map."""
    fine: tuple[Shape, ...] = ()
    """On a map of their own: see FINE_CELLS."""

    def levels(self, image_size: int) -> list[AnchorLevel]:
        """The maps of an image of this side, then the fine anchors if there are any."""
        first = math.ceil(image_size / self.stride)
        cells = accumulate(repeat(0, len(self.shapes) - 1), lambda cells, _: math.ceil(cells / 2), initial=first)
        levels = [AnchorLevel(count, shapes) for count, shapes in zip(cells, self.shapes, strict=True)]
        fine = math.ceil(image_size * FINE_CELLS / self.stride)
        return [*levels, AnchorLevel(fine, self.fine)] if self.fine else levels

    def scaled(self, factor: float) -> "AnchorLayout":
        """All shapes times `factor`: those of the same pixels on an image so many times smaller."""
        shapes = tuple(_scaled(of_map, factor) for of_map in self.shapes)
        return replace(self, shapes=shapes, fine=_scaled(self.fine, factor))

    def best_ious(self, boxes: Iterable[Corners], image_size: int) -> list[float]:
        """What the best anchor of each box has in common with it."""
        levels = self.levels(image_size)
        return [max(level.best_iou(box) for level in levels) for box in boxes]


def ssd_layout(stride: int, scales: Sequence[float], ratios: Sequence[float]) -> AnchorLayout:
    """SSD's default boxes (Liu et al. 2016): per map two squares, and for each ratio one lying and one standing."""
    shapes = []
    for scale, above in pairwise(scales):
        between = math.sqrt(scale * above)
        of_map = [(scale, scale), (between, between)]
        for ratio in map(math.sqrt, ratios):
            of_map += [(scale * ratio, scale / ratio), (scale / ratio, scale * ratio)]
        shapes.append(tuple((min(w, 1.0), min(h, 1.0)) for w, h in of_map))
    return AnchorLayout(stride, tuple(shapes))


def tensorflow_layout(stride: int, scales: Sequence[float]) -> AnchorLayout:
    """As TensorFlow's object detection makes them: three on the finest map, one of them small, else six."""
    shapes: list[tuple[Shape, ...]] = [((0.1, 0.1), stretched(scales[0], 2), stretched(scales[0], 1 / 2))]
    for scale, above in pairwise(scales[1:]):
        between = math.sqrt(scale * above)
        shapes.append((*(stretched(scale, ratio) for ratio in (1, 2, 1 / 2, 3, 1 / 3)), (between, between)))
    return AnchorLayout(stride, tuple(shapes))


def stretched(scale: float, ratio: float) -> Shape:
    """A box of the area `scale`² that is `ratio` times as wide as high."""
    return scale * math.sqrt(ratio), scale / math.sqrt(ratio)


def _scaled(shapes: Iterable[Shape], factor: float) -> tuple[Shape, ...]:
    return tuple((w * factor, h * factor) for w, h in shapes)


def _shared(side: float, anchor_side: float, offset: float) -> float:
    """What two spans have in common whose centres are `offset` apart."""
    return max(0.0, min(side, anchor_side, (side + anchor_side) / 2 - offset))


def _iou(shared: float, area: float, anchor_area: float) -> float:
    return shared / (area + anchor_area - shared)


TENSORFLOW_SSD = tensorflow_layout(16, (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0))
"""Of its SSD with MobileNetV1."""

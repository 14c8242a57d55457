"""Where the overlapping tiles of a picture lie, and how what a detector found in each becomes one list.

Needs Python alone: artifacts of runs with tiles carry this file. Boxes are `(x_min, y_min, x_max, y_max)`.
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

OVERLAP = 0.2
"""What neighbours share, of a tile's side: an object no larger than that is whole in one of them."""
NEAR = 0.02
"""A box that ends so close to its tile's edge, as a share of the tile's side, counts as cut by it."""
MOST_OF_A_LABEL = 300
"""Boxes, the best by score, that are looked at."""

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class Found(NamedTuple):
    """A box and the tile that it was found in, both as shares of the whole picture. `label` from 0."""

    score: float
    label: int
    box: Box
    tile: Box


def starts(tile: int, count: int) -> list[int]:
    """The pixels at which `count` tiles of `tile` pixels begin, across and down."""
    step = round(tile * (1 - OVERLAP))
    return [i * step for i in range(count)]


def picture_side(tile: int, count: int) -> int:
    """Side in pixels of the square to which a picture of any shape is stretched before it is cut."""
    return starts(tile, count)[-1] + tile


def windows(tile: int, count: int) -> list[Box]:
    """The tiles as shares of the picture, row by row from the top."""
    side, first = picture_side(tile, count), starts(tile, count)
    return [(x / side, y / side, (x + tile) / side, (y + tile) / side) for y in first for x in first]


def in_tile(box: Box, tile: int, count: int) -> Box:
    """A box of the picture in shares of the tile whose centre is nearest to its own, moved into it if it sticks out."""
    centre = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    nearest = min(windows(tile, count), key=lambda one: sum(abs((one[i] + one[i + 2]) / 2 - centre[i]) for i in (0, 1)))
    x_min, x_max = _span(box[0], box[2], nearest[0], nearest[2])
    y_min, y_max = _span(box[1], box[3], nearest[1], nearest[3])
    return x_min, y_min, x_max, y_max


def _span(low: float, high: float, start: float, end: float) -> tuple[float, float]:
    length = min(1.0, (high - low) / (end - start))
    first = min(max(0.0, (low - start) / (end - start)), 1 - length)
    return first, first + length


def on_picture(box: Iterable[float], tile: Box) -> Box:
    """A box in shares of a tile, in shares of the picture."""
    x_min, y_min, x_max, y_max = box
    width, height = tile[2] - tile[0], tile[3] - tile[1]
    return (
        tile[0] + x_min * width,
        tile[1] + y_min * height,
        tile[0] + x_max * width,
        tile[1] + y_max * height,
    )


def merged(found: Iterable[Found], most_overlap: float) -> list[Found]:
    """What is in the picture, each object once, by falling score, in whatever order the tiles were asked.

    Boxes of one label from two tiles are the same object where their parts in what both tiles see have an IoU over
    `most_overlap`. One that is cut by its tile's edge gives way to one that is not; where every tile cuts the object,
    the box around the best of each tile stands for it. The higher score stays. Then, as without tiles: of two boxes
    of a label whose IoU is over `most_overlap` the better one stays.
    """
    ordered = sorted(found, key=lambda one: (one.label, -one.score, one.box, one.tile))
    kept = []
    for _, of_label in itertools.groupby(ordered, key=lambda one: one.label):
        best = list(itertools.islice(of_label, MOST_OF_A_LABEL))
        kept += _suppressed(_joined(best, most_overlap), most_overlap)
    return sorted(kept, key=_rank)


def _joined(found: list[Found], most_overlap: float) -> list[Found]:
    """Boxes of one label by falling score, without those that are another one's part."""
    left = dict(enumerate(found))
    for i in range(len(found)):
        if i not in left or not _is_cut(left[i]):
            continue
        one = left.pop(i)
        twins = [k for k, other in left.items() if _same_object(one, other, most_overlap)]
        whole = next((k for k in twins if not _is_cut(left[k])), None)
        if whole is not None:
            left[whole] = left[whole]._replace(score=max(one.score, left[whole].score))
            continue
        parts = {one.tile: one}
        for k in twins:
            parts.setdefault(left[k].tile, left.pop(k))
        around = (_around([part.box for part in parts.values()]), _around(list(parts)))
        left[i] = Found(max(part.score for part in parts.values()), one.label, *around)
    return list(left.values())


def _suppressed(found: list[Found], most_overlap: float) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=_rank):
        if all(_iou(one.box, better.box) <= most_overlap for better in kept):
            kept.append(one)
    return kept


def _rank(one: Found) -> tuple[float, int, Box, Box]:
    return -one.score, one.label, one.box, one.tile


def _is_cut(one: Found) -> bool:
    """Whether the box ends at an edge of its tile beyond which the picture goes on."""
    near = NEAR * (one.tile[2] - one.tile[0])
    return any(
        edge != border and abs(side - edge) < near for side, edge, border in zip(one.box, one.tile, WHOLE, strict=True)
    )


def _same_object(one: Found, other: Found, most_overlap: float) -> bool:
    if one.tile == other.tile or not _area(_shared(one.box, other.box)):
        return False
    seen_twice = _shared(one.tile, other.tile)
    return _iou(_shared(one.box, seen_twice), _shared(other.box, seen_twice)) > most_overlap


def _shared(a: Box, b: Box) -> Box:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _iou(a: Box, b: Box) -> float:
    shared = _area(_shared(a, b))
    return shared / (_area(a) + _area(b) - shared) if shared else 0.0


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])

"""Box geometry at the doors: foreign boxes brought onto the EXIF-oriented image."""

from annotations.dataset.records import Box


def fit(box: Box, width: float, height: float) -> Box | None:
    """`box` cut to an image of width × height pixels; None when no area is left."""
    if 0 <= box.x_min < box.x_max <= width and 0 <= box.y_min < box.y_max <= height:
        return box
    cut = Box(
        min(max(box.x_min, 0.0), width),
        min(max(box.y_min, 0.0), height),
        min(max(box.x_max, 0.0), width),
        min(max(box.y_max, 0.0), height),
    )
    return cut if cut.width > 0 and cut.height > 0 else None


def overlap(one: Box, other: Box) -> float:
    """IoU: 1 for equal boxes, 0 for boxes that share nothing."""
    wide = min(one.x_max, other.x_max) - max(one.x_min, other.x_min)
    high = min(one.y_max, other.y_max) - max(one.y_min, other.y_min)
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / (one.width * one.height + other.width * other.height - shared)


def scaled(box: Box, x: float, y: float) -> Box:
    return Box(box.x_min * x, box.y_min * y, box.x_max * x, box.y_max * y)


def oriented(box: Box, width: float, height: float, orientation: int) -> Box:
    """A box on the stored pixels (width × height) as a box on the image that EXIF `orientation` 1…8 shows."""
    first = _oriented(box.x_min, box.y_min, width, height, orientation)
    second = _oriented(box.x_max, box.y_max, width, height, orientation)
    (x0, x1), (y0, y1) = sorted((first[0], second[0])), sorted((first[1], second[1]))
    return Box(x0, y0, x1, y1)


def _oriented(x: float, y: float, width: float, height: float, orientation: int) -> tuple[float, float]:
    return {
        1: (x, y),
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (height - y, x),
        7: (height - y, width - x),
        8: (y, width - x),
    }[orientation]

"""The upright boxes around shapes that are none. Angles are in degrees, clockwise as the picture is seen."""

import math
from collections.abc import Iterable

from annotations.dataset.records import Box

Point = tuple[float, float]


def around(points: Iterable[Point]) -> Box:
    """Raises ValueError where there is no point. A side that is no number makes all of them so."""
    xs, ys = zip(*points, strict=True)
    if not all(map(math.isfinite, (*xs, *ys))):
        return Box(math.nan, math.nan, math.nan, math.nan)
    return Box(min(xs), min(ys), max(xs), max(ys))


def around_turned(box: Box, degrees: float, about: Point | None = None) -> Box:
    """About a point; about its middle where there is none. Raises ValueError at an endless angle."""
    x, y = about or ((box.x_min + box.x_max) / 2, (box.y_min + box.y_max) / 2)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = ((a - x, b - y) for a in (box.x_min, box.x_max) for b in (box.y_min, box.y_max))
    return around((x + a * cos - b * sin, y + a * sin + b * cos) for a, b in corners)


def around_ellipse(x: float, y: float, rx: float, ry: float, degrees: float = 0.0) -> Box:
    """Raises ValueError at an endless angle."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = math.hypot(rx * cos, ry * sin), math.hypot(rx * sin, ry * cos)
    return around([(x - across, y - down), (x + across, y + down)])


def has_area(box: Box) -> bool:
    return box.width > 0 and box.height > 0

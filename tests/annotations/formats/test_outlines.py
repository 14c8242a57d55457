"""The upright boxes around shapes that are none."""

import math

import pytest

from annotations.dataset.records import Box
from annotations.formats.outlines import around, around_ellipse, around_turned, has_area


def near(one: Box, *sides: float) -> bool:
    return (one.x_min, one.y_min, one.x_max, one.y_max) == pytest.approx(sides)


def test_points_have_a_box_around_them() -> None:
    assert around([(5, 1), (2, 9), (3, 3)]) == Box(2, 1, 5, 9)
    assert not has_area(around([(5, 1)]))
    assert math.isnan(around([(1, 1), (math.inf, 2)]).x_min)
    with pytest.raises(ValueError, match="unpack"):
        around([])


def test_box_that_is_turned_a_quarter_lies_across() -> None:
    assert near(around_turned(Box(0, 0, 10, 4), 90), 3, -3, 7, 7)
    assert near(around_turned(Box(0, 0, 10, 4), 90, (0, 0)), -4, 0, 0, 10)
    with pytest.raises(ValueError, match="math domain"):
        around_turned(Box(0, 0, 1, 1), math.inf)


def test_ellipse_has_its_radii_around_it() -> None:
    assert near(around_ellipse(10, 10, 4, 2), 6, 8, 14, 12)
    assert near(around_ellipse(10, 10, 4, 2, 90), 8, 6, 12, 14)

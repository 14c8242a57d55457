"""Where tiles lie, and that what several of them see is found once: from numbers alone."""

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.engine.detectors.postprocess import Suppression, detections
from training.engine.squares import cut
from training.engine.tiles import OVERLAP, WHOLE, Box, Found, in_tile, merged, on_picture, picture_side, windows

IOU = 0.55
TILE, COUNT = 320, 3
SIDE = picture_side(TILE, COUNT)

sizes, counts = st.integers(32, 640), st.integers(1, 8)


def seen(boxes: Sequence[Box], score: float = 0.9, label: int = 0) -> list[Found]:
    """What a detector without fault finds: of each box the part that a tile sees."""
    found = []
    for box, tile in itertools.product(boxes, windows(TILE, COUNT)):
        part = (max(box[0], tile[0]), max(box[1], tile[1]), min(box[2], tile[2]), min(box[3], tile[3]))
        if part[2] > part[0] and part[3] > part[1]:
            found.append(Found(score, label, part, tile))
    return found


def boxes_of(one: Sequence[Found]) -> list[Box]:
    return [found.box for found in one]


@given(tile=sizes, count=counts)
def test_every_pixel_is_in_a_tile_and_no_tile_leaves_the_picture(tile: int, count: int) -> None:
    side = picture_side(tile, count)
    hit = np.zeros((side, side), bool)
    for window in windows(tile, count):
        x_min, y_min, x_max, y_max = (round(edge * side) for edge in window)
        assert (x_max - x_min, y_max - y_min) == (tile, tile)
        assert 0 <= x_min < x_max <= side
        hit[y_min:y_max, x_min:x_max] = True
    assert hit.all()


@given(tile=sizes, count=st.integers(2, 8), across=st.floats(0, 1), width=st.floats(0, 1))
def test_what_is_no_larger_than_the_overlap_is_whole_in_a_tile(
    tile: int, count: int, across: float, width: float
) -> None:
    side = picture_side(tile, count)
    wide = width * (tile - round(tile * (1 - OVERLAP)))
    left = across * (side - wide)
    assert any(
        window[0] * side <= left + 1e-6 and left + wide <= window[2] * side + 1e-6 for window in windows(tile, count)
    )


def test_one_tile_is_the_picture() -> None:
    assert (picture_side(320, 1), windows(320, 1)) == (320, [(0.0, 0.0, 1.0, 1.0)])


@pytest.mark.parametrize("count", [1, 2, 4])
def test_tiles_are_cut_where_they_are_said_to_be(count: int) -> None:
    side = picture_side(40, count)
    pictures = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), dtype=np.uint8)
    parts = cut(pictures, 40, count)
    assert len(parts) == 2 * count**2
    for i, picture in enumerate(pictures):
        for k, window in enumerate(windows(40, count)):
            x, y = round(window[0] * side), round(window[1] * side)
            np.testing.assert_array_equal(parts[i * count**2 + k], picture[y : y + 40, x : x + 40])


def test_a_box_of_a_tile_is_put_where_it_lies_in_the_picture() -> None:
    assert on_picture((0.0, 0.5, 0.25, 1.0), (0.2, 0.4, 0.6, 0.8)) == pytest.approx((0.2, 0.6, 0.3, 0.8))


@given(
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    width=st.floats(0.01, 0.55),
    height=st.floats(0.01, 0.55),
    score=st.floats(0, 1),
)
def test_an_object_is_found_once_and_whole_wherever_it_lies(
    x: float, y: float, width: float, height: float, score: float
) -> None:
    """Up to half the picture: larger ones are in more than two tiles a side."""
    box = (x * (1 - width), y * (1 - height), x * (1 - width) + width, y * (1 - height) + height)
    (one,) = merged(seen([box], score), IOU)
    assert one.score == score
    assert one.box == pytest.approx(box, abs=0.02 * TILE / SIDE + 1e-6)


def test_two_objects_side_by_side_stay_two() -> None:
    edge = windows(TILE, COUNT)[0][2]
    boxes = [(edge - 0.05, 0.1, edge - 0.01, 0.2), (edge - 0.01, 0.1, edge + 0.04, 0.2)]
    np.testing.assert_allclose(sorted(boxes_of(merged(seen(boxes), IOU))), boxes)


def test_a_part_gives_way_to_the_whole_and_leaves_its_score() -> None:
    left, right = windows(TILE, COUNT)[:2]
    whole = (right[0] + 0.01, 0.1, left[2] + 0.05, 0.2)
    part = (whole[0], 0.1, left[2], 0.2)
    (one,) = merged([Found(0.9, 0, part, left), Found(0.6, 0, whole, right)], IOU)
    assert (one.score, one.box) == (0.9, whole)


def test_labels_are_kept_apart() -> None:
    box = (0.4, 0.4, 0.5, 0.5)
    found = merged(seen([box], 0.8, 0) + seen([box], 0.9, 1), IOU)
    assert [(one.label, one.score) for one in found] == [(1, 0.9), (0, 0.8)]


@given(data=st.data())
def test_the_order_in_which_tiles_are_asked_does_not_matter(data: st.DataObject) -> None:
    places = windows(TILE, COUNT)
    share = st.floats(0, 1)
    rows = data.draw(
        st.lists(st.tuples(share, st.integers(0, 1), st.tuples(share, share, share, share), st.sampled_from(places)))
    )
    found = [
        Found(score, label, on_picture((min(a, c), min(b, d), max(a, c), max(b, d)), tile), tile)
        for score, label, (a, b, c, d), tile in rows
    ]
    mixed = random.Random(0).sample(found, len(found))
    first = merged(found, IOU)
    assert merged(mixed, IOU) == first
    assert [one.score for one in first] == sorted((one.score for one in first), reverse=True)


@given(data=st.data())
def test_without_neighbours_it_is_the_usual_suppression(data: st.DataObject) -> None:
    side = st.floats(0.3, 0.5)
    corners = data.draw(st.lists(st.tuples(side, side, st.floats(0.01, 0.2), st.floats(0.01, 0.2)), min_size=1))
    boxes = [(x, y, x + width, y + height) for x, y, width, height in corners]
    scores = [1 - i / 100 for i in range(len(boxes))]
    kept = merged([Found(score, 0, box, WHOLE) for score, box in zip(scores, boxes, strict=True)], IOU)
    rows = torch.tensor([[1 - score, score] for score in scores], dtype=torch.float64)
    expected = detections(rows, torch.tensor(boxes, dtype=torch.float64), suppression=Suppression(0.0, IOU))
    assert boxes_of(kept) == [tuple(box) for box in expected.boxes.tolist()]


@given(box=st.tuples(*[st.floats(0, 1)] * 4))
def test_a_small_box_is_measured_in_the_tile_that_sees_it_whole(box: Box) -> None:
    x, y, width, height = box[0] * 0.9, box[1] * 0.9, box[2] * 0.05 + 0.01, box[3] * 0.05 + 0.01
    seen_as = in_tile((x, y, x + width, y + height), TILE, COUNT)
    assert min(seen_as) >= -1e-9
    assert max(seen_as) <= 1 + 1e-9
    sides = (seen_as[2] - seen_as[0], seen_as[3] - seen_as[1])
    assert sides == pytest.approx((width * SIDE / TILE, height * SIDE / TILE))


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 1.0, 1.0), (0.9, 0.2, 1.2, 0.3), (1.5, 0.2, 1.6, 0.3), (0.1, 0.1, 0.9, 0.11)]
)
def test_a_box_that_sticks_out_is_measured_too(box: Box) -> None:
    x_min, y_min, x_max, y_max = in_tile(box, TILE, COUNT)
    assert 0 <= x_min < x_max <= 1
    assert 0 <= y_min < y_max <= 1

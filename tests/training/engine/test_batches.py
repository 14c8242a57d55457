from collections import Counter

import numpy as np
import pytest

from annotations.dataset.records import ImageRecord
from training.engine.batches import View, crops_across, cut_outs, epoch_order, repeated, view
from training.engine.data import Examples
from training.engine.effort import FEWEST_STEPS
from training.engine.squares import Squares
from training.engine.transforms import Views


def test_an_epoch_sees_every_image_once() -> None:
    order = epoch_order(160, 16, seed=0, epoch=1)
    assert len(order) == 10
    assert sorted(i for step in order for i in step) == list(range(160))


def test_order_is_a_function_of_seed_and_epoch() -> None:
    assert epoch_order(50, 4, 3, 2) == epoch_order(50, 4, 3, 2)
    assert epoch_order(50, 4, 3, 2) != epoch_order(50, 4, 3, 3)
    assert epoch_order(50, 4, 3, 2) != epoch_order(50, 4, 4, 2)


def test_a_few_images_are_seen_several_times() -> None:
    order = epoch_order(5, 16, seed=0, epoch=1)
    assert len(order) == FEWEST_STEPS
    assert {i for step in order for i in step} == set(range(5))


@pytest.mark.parametrize("count", [1, 2, 3, 17, 33])
def test_no_batch_of_one(count: int) -> None:
    assert min(len(step) for step in epoch_order(count, 16, 0, 1)) >= 2


def test_a_batch_size_of_one_is_kept() -> None:
    assert {len(step) for step in epoch_order(9, 1, 0, 1)} == {1}


def test_images_of_rare_labels_are_seen_more_often() -> None:
    labels = [np.array([0])] * 9 + [np.array([0, 1])]  # label 1 is on a tenth of the images
    assert repeated(labels, 0.0) == list(range(10))
    assert Counter(repeated(labels, 0.4)) == {**dict.fromkeys(range(9), 1), 9: 2}  # sqrt(0.4 / 0.1)
    assert repeated([np.zeros(0, np.int64), np.array([0])], 0.5) == [0, 1]
    assert repeated([], 0.5) == []


@pytest.mark.parametrize(("pixels", "across"), [(20, 3), (33, 3), (34, 2), (50, 2), (51, 1), (400, 1)])
def test_a_cut_out_has_room_for_the_boxes(pixels: int, across: int) -> None:
    image = ImageRecord("a.png", "a", 400, 400, 1, "labelled", "train", ())
    boxes = np.array([[0, 0, pixels / 400, 0.01]] * 500, np.float32)
    examples = Examples((image,), Squares.kept(np.zeros((1, 400, 400, 3), np.uint8)), [boxes], [np.zeros(500, int)])
    assert crops_across(examples, 100) == across


def white_squares(size: int) -> Examples:
    """Three black images of 400 pixels, each with a white square of this `size` in its box."""
    squares = np.zeros((3, 400, 400, 3), np.uint8)
    squares[:, 100 : 100 + size, 200 : 200 + size] = 255
    boxes = [np.array([[0.5, 0.25, 0.5 + size / 400, 0.25 + size / 400]], np.float32)] * 3
    images = tuple(ImageRecord(f"{i}.png", str(i), 400, 400, 1, "labelled", "train", ()) for i in range(3))
    return Examples(images, Squares.kept(squares), boxes, [np.array([i]) for i in range(3)])


def expect_white_boxes(seen: View) -> None:
    square, corners, _ = seen
    for x_min, y_min, x_max, y_max in corners * len(square):
        inside = square[round(y_min) + 1 : round(y_max) - 1, round(x_min) + 1 : round(x_max) - 1]
        assert inside.size
        assert inside.min() > 200


def test_each_crop_of_a_square_shows_a_box() -> None:
    views = Views(crop=100, colour_chance=0.0)  # a third of it is no whole number of pixels
    seen = cut_outs(white_squares(20), 1, np.random.default_rng(0), views, 3)
    square, corners, labels = seen
    assert square.shape == (100, 100, 3)
    assert len(corners) == 3**2
    assert labels.tolist()[:3] == [1] * 3
    expect_white_boxes(seen)


@pytest.mark.parametrize("seed", range(8))
def test_a_mosaic_shows_four_images_smaller(seed: int) -> None:
    views = Views(zoom_min=1.0, zoom_max=1.0, mosaic_chance=1.0, colour_chance=0.0)
    seen = view(white_squares(40), 1, np.random.default_rng(seed), views)
    square, corners, labels = seen
    assert square.shape == (400, 400, 3)
    assert len(corners) == 4
    assert labels[0] == 1
    middles = (corners[:, :2] + corners[:, 2:]) / 2
    assert ((middles > 0.5) == [[False, False], [True, False], [False, True], [True, True]]).all()
    sides = np.sqrt((corners[:, 2:] - corners[:, :2]).prod(1)) * 400
    assert sides.min() > 40 / 2 * 0.8
    assert sides.max() < 40 * 1.2
    expect_white_boxes(seen)


def test_no_mosaic_where_the_chance_says_so() -> None:
    plain = view(white_squares(40), 1, np.random.default_rng(3), Views())
    assert len(plain[1]) == 1
    seldom = [view(white_squares(40), 1, np.random.default_rng(i), Views(mosaic_chance=0.5)) for i in range(40)]
    assert 10 < sum(len(corners) > 1 for _, corners, _ in seldom) < 30

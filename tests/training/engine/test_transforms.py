import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.engine.transforms import Views, Warp, augment, random_crop, random_warp, warp_boxes, warp_square

NOTHING = Warp(1, 1, 0, 0, flipped=False)


def scene(x: int = 20, y: int = 30, side: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """A black square of 96 pixels with one white box, and the box as shares."""
    square = np.zeros((96, 96, 3), np.uint8)
    square[y : y + side, x : x + side] = 255
    return square, np.array([[x, y, x + side, y + side]], np.float32) / 96


def where_white(square: np.ndarray, side: int = 96) -> np.ndarray:
    rows, columns = np.nonzero((square > 200).all(-1))
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / side


def test_no_warp_changes_nothing() -> None:
    square, boxes = scene()
    np.testing.assert_array_equal(warp_square(square, NOTHING), square)
    np.testing.assert_array_equal(warp_boxes(boxes, NOTHING)[0], boxes)


def test_a_flip_mirrors_picture_and_box() -> None:
    square, boxes = scene()
    mirrored = Warp(1, 1, 0, 0, flipped=True)
    np.testing.assert_array_equal(warp_square(square, mirrored), square[:, ::-1])
    np.testing.assert_allclose(warp_boxes(boxes, mirrored)[0][0], where_white(square[:, ::-1]), atol=1e-6)


@given(seed=st.integers(0, 2**32 - 1))
def test_the_box_goes_where_its_object_goes(seed: int) -> None:
    square, boxes = scene()
    warp = random_warp(np.random.default_rng(seed))
    moved, visible = warp_boxes(boxes, warp)
    if visible[0]:
        np.testing.assert_allclose(where_white(warp_square(square, warp)), moved[0], atol=2.5 / 96)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_view_keeps_at_least_one_box_inside_the_picture(seed: int) -> None:
    square, boxes = scene(2, 2, 10)
    view, kept, labels = augment(square, boxes, np.array([3]), np.random.default_rng(seed))
    assert view.shape == square.shape
    assert labels.tolist() == [3]
    assert (kept >= 0).all()
    assert (kept <= 1).all()


def test_a_negative_stays_a_negative() -> None:
    square, _ = scene()
    none = np.zeros((0, 4), np.float32)
    _, boxes, labels = augment(square, none, np.zeros(0, np.int64), np.random.default_rng(0))
    assert boxes.shape == (0, 4)
    assert labels.shape == (0,)


def test_a_label_of_the_whole_image_stays() -> None:
    square, _ = scene()
    assert augment(square, np.zeros((0, 4), np.float32), np.array([1]), np.random.default_rng(0))[2].tolist() == [1]


def test_the_same_seed_gives_the_same_view() -> None:
    square, boxes = scene()
    one, other = (augment(square, boxes, np.array([0]), np.random.default_rng(7))[0] for _ in range(2))
    np.testing.assert_array_equal(one, other)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_crop_shows_a_box_at_its_own_scale(seed: int) -> None:
    square, boxes = scene(60, 10, 12)
    view, kept, labels = augment(square, boxes, np.array([3]), np.random.default_rng(seed), Views(crop=48))
    assert view.shape == (48, 48, 3)
    assert labels.tolist() == [3]
    assert 5 < (kept[0, 2] - kept[0, 0]) * 48 < 20
    assert (kept >= 0).all()
    assert (kept <= 1).all()


def test_the_box_of_a_crop_goes_where_its_object_goes() -> None:
    square, boxes = scene(60, 10, 12)
    for seed in range(50):
        warp = random_crop(square, boxes, np.random.default_rng(seed), Views(crop=48))
        moved, visible = warp_boxes(boxes, warp)
        assert visible[0]
        np.testing.assert_allclose(where_white(warp_square(square, warp, 48), 48), moved[0], atol=2.5 / 48)


def test_a_crop_cuts_no_box_that_it_was_made_for() -> None:
    _, boxes = scene(60, 10, 12)
    for seed in range(50):
        warp = random_crop(np.zeros((96, 96, 3), np.uint8), boxes, np.random.default_rng(seed), Views(crop=24))
        moved, _ = warp_boxes(boxes, warp)
        assert moved[0, 2] - moved[0, 0] == pytest.approx(12 / 96 * warp.zoom_x)
        assert moved[0, 3] - moved[0, 1] == pytest.approx(12 / 96 * warp.zoom_y)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_crop_is_what_the_whole_picture_shows_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    square = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    warp = random_warp(rng, zoom_in=4.0)
    side = 48
    x, y = ((np.arange(side) + 0.5) / side - shift for shift in (warp.shift_x, warp.shift_y))
    if warp.flipped:
        x = 1 - (np.arange(side) + 0.5) / side - warp.shift_x
    columns, rows = x / warp.zoom_x * 96 - 0.5, y / warp.zoom_y * 96 - 0.5
    inside = np.ix_((rows > 0) & (rows < 95), (columns > 0) & (columns < 95))
    left, top = np.floor(columns).astype(int).clip(0, 94), np.floor(rows).astype(int).clip(0, 94)
    across, down = (columns - left)[None, :, None], (rows - top)[:, None, None]
    upper = square[top][:, left] * (1 - across) + square[top][:, left + 1] * across
    lower = square[top + 1][:, left] * (1 - across) + square[top + 1][:, left + 1] * across
    expected = upper * (1 - down) + lower * down
    np.testing.assert_allclose(warp_square(square, warp, side)[inside], expected[inside], atol=1.5)


def test_a_box_larger_than_the_crop_is_shown_whole() -> None:
    square, boxes = scene(2, 2, 92)
    view, kept, _ = augment(square, boxes, np.array([3]), np.random.default_rng(0), Views(crop=16))
    assert (view.shape, len(kept)) == ((16, 16, 3), 1)


def test_views_go_as_far_as_asked() -> None:
    square, boxes = scene()
    still = Views(zoom_min=1.0, zoom_max=1.0, flip_chance=0.0, colour_chance=0.0)
    warps = [random_warp(np.random.default_rng(seed), still) for seed in range(20)]
    assert not any(warp.flipped for warp in warps)
    assert all(abs(warp.zoom_x * warp.zoom_y - 1) < 1e-9 for warp in warps)
    small = [random_warp(np.random.default_rng(seed), Views(zoom_min=0.3, zoom_max=0.4)) for seed in range(20)]
    assert all(0.3 <= (warp.zoom_x * warp.zoom_y) ** 0.5 <= 0.4 for warp in small)
    view, _, _ = augment(square, boxes, np.array([0]), np.random.default_rng(0), Views(flip_chance=0, colour_chance=0))
    assert view.max() == 255

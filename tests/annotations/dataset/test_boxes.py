from annotations.dataset.boxes import fit, oriented, scaled
from annotations.dataset.records import Box


def test_fit_cuts_to_the_image_and_drops_what_is_outside() -> None:
    assert fit(Box(-5, 10, 700, 20), 640, 480) == Box(0, 10, 640, 20)
    assert fit(Box(1, 2, 3, 4), 640, 480) == Box(1, 2, 3, 4)
    assert fit(Box(640, 0, 700, 20), 640, 480) is None


def test_scaled_moves_each_side() -> None:
    assert scaled(Box(1, 2, 3, 4), 2, 10) == Box(2, 20, 6, 40)


def test_oriented_follows_the_pixels() -> None:
    """A pixel coloured in the stored image lies inside the turned box after Pillow turned the image."""
    from PIL import Image

    from annotations.imaging import TURNS

    stored = Image.new("L", (30, 20))
    stored.paste(255, (4, 3, 11, 9))
    for orientation in range(1, 9):
        shown = stored.transpose(TURNS[orientation]) if orientation in TURNS else stored
        box = oriented(Box(4, 3, 11, 9), 30, 20, orientation)
        assert (box.x_min, box.y_min, box.x_max, box.y_max) == shown.getbbox()

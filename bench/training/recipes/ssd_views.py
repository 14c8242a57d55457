"""SSD's random views of a picture, as its paper and pytorch-ssd have them: light, room around it, a crop, mirrored."""

import numpy as np
import numpy.typing as npt
from PIL import Image

Boxes = npt.NDArray[np.float32]
"""[n, 4] corners in pixels."""
Labels = npt.NDArray[np.int64]

BRIGHTNESS = 32
CONTRAST = SATURATION = (0.5, 1.5)
HUE = 18 / 360
MOST_ROOM = 4
"""Times the picture's sides."""
CROP_CHANCE = 5 / 6
LEAST_CROP = 0.3
"""Of the picture's sides."""
TRIALS = 50


def random_view(
    picture: Image.Image, boxes: Boxes, labels: Labels, rng: np.random.Generator, mean: tuple[int, int, int]
) -> tuple[Image.Image, Boxes, Labels]:
    picture = _other_light(picture, rng)
    if rng.random() < 0.5:
        picture, boxes = _with_room(picture, boxes, rng, mean)
    picture, boxes, labels = _cropped(picture, boxes, labels, rng)
    if rng.random() < 0.5:
        picture, boxes = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), boxes.copy()
        boxes[:, [0, 2]] = picture.width - boxes[:, [2, 0]]
    return picture, boxes, labels


def _other_light(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    contrast_first = rng.random() < 0.5
    offset = rng.uniform(-BRIGHTNESS, BRIGHTNESS) if rng.random() < 0.5 else 0.0
    gain = rng.uniform(*CONTRAST) if rng.random() < 0.5 else 1.0
    picture = _mapped(picture, gain if contrast_first else 1.0, offset)
    picture = _other_colours(picture, rng)
    if not contrast_first:
        picture = _mapped(picture, gain, 0.0)
    if rng.random() < 0.5:
        channels = picture.split()
        picture = Image.merge("RGB", [channels[i] for i in rng.permutation(3)])
    return picture


def _other_colours(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    hue, saturation, value = picture.convert("HSV").split()
    if rng.random() < 0.5:
        factor = rng.uniform(*SATURATION)
        saturation = saturation.point([min(255, round(i * factor)) for i in range(256)])
    if rng.random() < 0.5:
        turn = round(rng.uniform(-HUE, HUE) * 256)
        hue = hue.point([(i + turn) % 256 for i in range(256)])
    return Image.merge("HSV", [hue, saturation, value]).convert("RGB")


def _mapped(picture: Image.Image, gain: float, offset: float) -> Image.Image:
    table = ((np.arange(256) + offset) * gain).clip(0, 255).astype(np.uint8).tolist()
    return picture.point(table * 3)


def _with_room(
    picture: Image.Image, boxes: Boxes, rng: np.random.Generator, mean: tuple[int, int, int]
) -> tuple[Image.Image, Boxes]:
    """The picture somewhere on a canvas of the mean colour."""
    ratio = rng.uniform(1, MOST_ROOM)
    left, top = (int(rng.uniform(0, side * ratio - side)) for side in picture.size)
    canvas = Image.new("RGB", (int(picture.width * ratio), int(picture.height * ratio)), mean)
    canvas.paste(picture, (left, top))
    return canvas, boxes + np.array([left, top] * 2, np.float32)


def _cropped(
    picture: Image.Image, boxes: Boxes, labels: Labels, rng: np.random.Generator
) -> tuple[Image.Image, Boxes, Labels]:
    """Mostly a crop, and the boxes whose middles lie in it.

    The paper asks for a least IoU with them. pytorch-ssd's condition for it never holds, so that any crop is taken.
    """
    while rng.random() < CROP_CHANCE:
        for _ in range(TRIALS):
            width, height = (rng.uniform(LEAST_CROP, 1) * side for side in picture.size)
            if not 0.5 <= height / width <= 2:
                continue
            left, top = rng.uniform(0, picture.width - width), rng.uniform(0, picture.height - height)
            crop = np.array([int(left), int(top), int(left + width), int(top + height)], np.float32)
            middles = (boxes[:, :2] + boxes[:, 2:]) / 2
            inside = ((middles > crop[:2]) & (middles < crop[2:])).all(1)
            if not inside.any():
                continue
            kept = np.concatenate([np.maximum(boxes[inside, :2], crop[:2]), np.minimum(boxes[inside, 2:], crop[2:])], 1)
            return picture.crop(tuple(crop.astype(int).tolist())), kept - np.tile(crop[:2], 2), labels[inside]
    return picture, boxes, labels

"""Augmentation: one random warp, flip and colour change of a square, with its boxes taken along."""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.engine.config import Config
from training.engine.squares import Square

Boxes = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

STRETCH = 0.2
LEAST_VISIBLE = 0.4
"""A box of which less than this share stays in the picture is dropped."""
BORDER = (124, 116, 104)
"""The mean colour of photographs: what lies outside the picture."""


@dataclass(frozen=True, slots=True)
class Views:
    """How far random views go: see `Config`."""

    zoom_min: float = 0.6
    zoom_max: float = 1.5
    flip_chance: float = 0.5
    colour_chance: float = 0.8
    mosaic_chance: float = 0.0
    crop: int = 0

    @classmethod
    def of(cls, config: Config) -> Self:
        chances = config.flip_chance, config.colour_chance, config.mosaic_chance
        return cls(config.zoom_min, config.zoom_max, *chances, config.cut_out)


USUAL = Views()


@dataclass(frozen=True, slots=True)
class Warp:
    """`out = in * zoom + shift` on shares of the side; then mirrored left to right if `flipped`."""

    zoom_x: float
    zoom_y: float
    shift_x: float
    shift_y: float
    flipped: bool


def augment(
    square: Square, boxes: Boxes, labels: Labels, rng: np.random.Generator, views: Views = USUAL
) -> tuple[Square, Boxes, Labels]:
    """A random view of one example; `boxes` [n, 4] are corners 0..1. Keeps at least one box if there is any."""
    side = views.crop or square.shape[0]
    for _ in range(20):
        warp = random_warp(rng, views) if side == square.shape[0] else random_crop(square, boxes, rng, views)
        if len(boxes) == 0:  # a negative, or a label of the whole image
            return recolour(warp_square(square, warp, side), rng, views), boxes, labels
        moved, visible = warp_boxes(boxes, warp)
        if visible.any():
            return recolour(warp_square(square, warp, side), rng, views), moved[visible], labels[visible]
    return _whole(square, side), boxes, labels


def random_warp(rng: np.random.Generator, views: Views = USUAL, zoom_in: float = 1.0) -> Warp:
    zoom = zoom_in * math.exp(rng.uniform(math.log(views.zoom_min), math.log(views.zoom_max)))
    stretch = math.exp(rng.uniform(-STRETCH, STRETCH) / 2)
    zoom_x, zoom_y = zoom * stretch, zoom / stretch
    return Warp(zoom_x, zoom_y, _shift(zoom_x, rng), _shift(zoom_y, rng), bool(rng.random() < views.flip_chance))


def random_crop(square: Square, boxes: Boxes, rng: np.random.Generator, views: Views) -> Warp:
    """A warp into a cut-out of `views.crop` pixels, in which a random box is seen, as a whole where there is room."""
    warp = random_warp(rng, views, zoom_in=square.shape[0] / views.crop)
    if len(boxes) == 0:
        return warp
    box = boxes[rng.integers(len(boxes))]
    x_min, y_min, x_max, y_max = box.tolist()
    shift_x = _shift_to(x_min, x_max, warp.zoom_x, rng)
    shift_y = _shift_to(y_min, y_max, warp.zoom_y, rng)
    return replace(warp, shift_x=shift_x, shift_y=shift_y)


def warp_boxes(boxes: Boxes, warp: Warp) -> tuple[Boxes, npt.NDArray[np.bool_]]:
    """The boxes [n, 4] after the warp, clipped to the picture, and which [n] of them are visible enough to keep."""
    zoom = np.array([warp.zoom_x, warp.zoom_y] * 2, np.float32)
    shift = np.array([warp.shift_x, warp.shift_y] * 2, np.float32)
    moved = boxes * zoom + shift
    if warp.flipped:
        moved[:, [0, 2]] = 1 - moved[:, [2, 0]]
    clipped = np.clip(moved, 0, 1)
    return clipped, _area(clipped) > LEAST_VISIBLE * _area(moved)


def warp_square(square: Square, warp: Warp, side: int = 0) -> Square:
    """The warped square, of `side` pixels; 0: of as many as before."""
    size = square.shape[0]
    side = side or size
    # Pillow copies what it warps: only what will be seen
    left, right = _seen(warp.zoom_x, warp.shift_x, size)
    top, bottom = _seen(warp.zoom_y, warp.shift_y, size)
    seen = Image.fromarray(np.ascontiguousarray(square[top:bottom, left:right]))
    # and asks where each pixel comes from: the inverse warp
    across, start = 1 / warp.zoom_x, -warp.shift_x * size / warp.zoom_x
    if warp.flipped:
        across, start = -across, (1 - warp.shift_x) * size / warp.zoom_x
    step = size / side
    down = -warp.shift_y * size / warp.zoom_y
    inverse = (across * step, 0.0, start - left, 0.0, step / warp.zoom_y, down - top)
    affine, bilinear = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    return np.asarray(seen.transform((side, side), affine, inverse, bilinear, fillcolor=BORDER))


def _seen(zoom: float, shift: float, size: int) -> tuple[int, int]:
    """From and to which of `size` pixels a warp shows, with those that bilinear sampling asks for."""
    start, end = -shift / zoom * size, (1 - shift) / zoom * size
    return max(0, math.floor(start) - 2), min(size, math.ceil(end) + 2)


def recolour(square: Square, rng: np.random.Generator, views: Views = USUAL) -> Square:
    """Another light: gain and tint per channel, and an offset, through one look-up table."""
    if rng.random() >= views.colour_chance:
        return square
    gain = rng.uniform(0.75, 1.3) * rng.uniform(0.93, 1.07, (3, 1))
    table = np.arange(256) * gain + rng.uniform(-25, 25)
    return np.asarray(Image.fromarray(square).point(table.clip(0, 255).astype(np.uint8).ravel().tolist()))


def _shift(zoom: float, rng: np.random.Generator) -> float:
    """Anywhere that keeps a small picture inside the frame, or the frame inside a large picture."""
    return float(rng.uniform(min(0.0, 1 - zoom), max(0.0, 1 - zoom)))


def _shift_to(start: float, end: float, zoom: float, rng: np.random.Generator) -> float:
    """A shift as `_shift` that leaves what is from `start` to `end` in the picture; of what is too long, the middle."""
    if (end - start) * zoom > 1:
        start = end = (start + end) / 2
    least, most = min(0.0, 1 - zoom), max(0.0, 1 - zoom)
    low, high = max(least, -start * zoom), min(most, 1 - end * zoom)
    return float(rng.uniform(min(low, high), max(low, high)))


def _whole(square: Square, side: int) -> Square:
    if side == square.shape[0]:
        return square
    return np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BILINEAR))


def _area(boxes: Boxes) -> npt.NDArray[np.float32]:
    area: npt.NDArray[np.float32] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area

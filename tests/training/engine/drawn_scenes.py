"""Scenes of four labels, drawn here, that differ in shape alone: what random weights have to learn."""

import io

import numpy as np
from PIL import Image, ImageDraw

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from tests.training.engine.conftest import record

LABELS = ("disc", "square", "triangle", "cross")
Corners = tuple[int, int, int, int]


def drawn_scenes(train: int, val: int) -> list[tuple[ImageRecord, bytes]]:
    splits: list[Split] = [*["train"] * train, *["val"] * val]  # type: ignore[list-item]
    return [drawn_scene(seed, split) for seed, split in enumerate(splits)]


def drawn_scene(seed: int, split: Split) -> tuple[ImageRecord, bytes]:
    """One to four shapes of 30 to 110 pixels on 320 x 240."""
    return draw_scene(
        f"scene-{seed}.png", seed, split, LABELS, cells=(2, 2), cell=(160, 120), counts=(1, 5), sides=(30, 110)
    )


def draw_scene(
    name: str,
    seed: int,
    split: Split,
    labels: tuple[str, ...],
    *,
    cells: tuple[int, int],
    cell: tuple[int, int],
    counts: tuple[int, int],
    sides: tuple[int, int],
) -> tuple[ImageRecord, bytes]:
    """Shapes of any colour on coarse noise, at most one in a cell; `cells` across and down, each of `cell` pixels.

    How many there are and how large is from the first of `counts` and `sides` on, below the second.
    """
    rng = np.random.default_rng(seed)
    (across, down), (cell_width, cell_height) = cells, cell
    width, height = across * cell_width, down * cell_height
    noise = Image.fromarray(rng.integers(60, 190, (height // 8, width // 8, 3), dtype=np.uint8))
    image = noise.resize((width, height), Image.Resampling.BICUBIC)
    draw, annotations = ImageDraw.Draw(image), []
    for place in rng.permutation(across * down)[: rng.integers(*counts)]:
        side = int(rng.integers(*sides))
        x = int(place % across * cell_width + rng.integers(0, cell_width - side))
        y = int(place // across * cell_height + rng.integers(0, cell_height - side))
        label, colour = labels[rng.integers(len(labels))], tuple(int(level) for level in rng.choice([0, 255], 3))
        draw_shape(draw, label, (x, y, x + side - 1, y + side - 1), colour)
        annotations.append(AnnotationRecord(label, Box(x, y, x + side, y + side)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return record(file.getvalue(), name, split, annotations), file.getvalue()


def draw_shape(draw: ImageDraw.ImageDraw, label: str, corners: Corners, colour: tuple[int, ...]) -> None:
    left, top, right, bottom = corners
    third = (right - left) // 3
    if label == "disc":
        draw.ellipse(corners, fill=colour)
    elif label == "square":
        draw.rectangle(corners, fill=colour)
    elif label == "triangle":
        draw.polygon([((left + right) // 2, top), (left, bottom), (right, bottom)], fill=colour)
    else:
        draw.rectangle((left + third, top, right - third, bottom), fill=colour)
        draw.rectangle((left, top + third, right, bottom - third), fill=colour)

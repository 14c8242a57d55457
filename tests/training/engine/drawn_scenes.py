"""Scenes of four labels, drawn here, that differ in shape alone: what random weights have to learn."""

import io

import numpy as np
from PIL import Image, ImageDraw

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from tests.training.engine.conftest import record

LABELS = ("disc", "square", "triangle", "cross")
WIDTH, HEIGHT = 320, 240
Corners = tuple[int, int, int, int]


def drawn_scenes(train: int, val: int) -> list[tuple[ImageRecord, bytes]]:
    splits: list[Split] = [*["train"] * train, *["val"] * val]  # type: ignore[list-item]
    return [drawn_scene(seed, split) for seed, split in enumerate(splits)]


def drawn_scene(seed: int, split: Split) -> tuple[ImageRecord, bytes]:
    """One to four shapes of 30 to 110 pixels, of any colour, on coarse noise; at most one in a quarter."""
    rng = np.random.default_rng(seed)
    noise = Image.fromarray(rng.integers(60, 190, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8))
    image = noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    draw, annotations = ImageDraw.Draw(image), []
    for quarter in rng.permutation(4)[: rng.integers(1, 5)]:
        side = int(rng.integers(30, 110))
        x = int(quarter % 2 * WIDTH // 2 + rng.integers(0, WIDTH // 2 - side))
        y = int(quarter // 2 * HEIGHT // 2 + rng.integers(0, HEIGHT // 2 - side))
        label, colour = LABELS[rng.integers(4)], tuple(int(level) for level in rng.choice([0, 255], 3))
        draw_shape(draw, label, (x, y, x + side - 1, y + side - 1), colour)
        annotations.append(AnnotationRecord(label, Box(x, y, x + side, y + side)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return record(file.getvalue(), f"scene-{seed}.png", split, annotations), file.getvalue()


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

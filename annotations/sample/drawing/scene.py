"""One picture: a table, a light, and things on it whose boxes are known to the pixel."""

import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from annotations.sample.drawing.tables import TABLES, add_noise, noise
from annotations.sample.drawing.things import THINGS, cut_out

SIZE = (640, 480)
MARGIN = 6
TRIES = 40
LIGHTS = ((255, 255, 255), (255, 236, 208), (222, 234, 255), (255, 222, 186), (236, 255, 240))

PixelBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    label: str
    box: PixelBox


def paint(rng: random.Random, *, empty: bool = False) -> tuple[Image.Image, list[Placed]]:
    """A picture and the boxes of what lies on it: (x_min, y_min, x_max, y_max) in pixels."""
    table = rng.choice(TABLES)(SIZE, rng)
    slant = (rng.randint(3, 14), rng.randint(4, 14))
    taken: list[PixelBox] = []
    for _ in range(rng.randint(0, 2) + empty):
        _lay(table, _clutter(rng), slant, taken, rng)
    placed = []
    for _ in range(0 if empty else rng.choice((1, 2, 2, 3, 3, 4, 5))):
        label = rng.choice(tuple(THINGS))
        box = _lay(table, cut_out(label, rng.randint(96, 210), rng), slant, taken, rng)
        if box:
            placed.append(Placed(label, box))
    return _lit(table, rng), placed


def _lay(
    table: Image.Image, thing: Image.Image, slant: tuple[int, int], taken: list[PixelBox], rng: random.Random
) -> PixelBox | None:
    """Put `thing` and its shadow where there is room; None where there is none."""
    for _ in range(TRIES):
        x = rng.randint(MARGIN, SIZE[0] - thing.width - MARGIN)
        y = rng.randint(MARGIN, SIZE[1] - thing.height - MARGIN)
        box = (x, y, x + thing.width, y + thing.height)
        if not any(_meet(box, other) for other in taken):
            taken.append(box)
            _shadow(table, thing, x + slant[0], y + slant[1])
            table.paste(thing, (x, y), thing)
            return box
    return None


def _meet(one: PixelBox, other: PixelBox) -> bool:
    """Do they share more than a corner?"""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 8 and high > 8


def _shadow(table: Image.Image, thing: Image.Image, x: int, y: int) -> None:
    pad = 24
    mask = Image.new("L", (thing.width + 2 * pad, thing.height + 2 * pad))
    mask.paste(thing.getchannel("A").point([round(v * 0.55) for v in range(256)]), (pad, pad))
    soft = mask.filter(ImageFilter.GaussianBlur(8))
    table.paste((18, 12, 8), (x - pad, y - pad), soft)


def _clutter(rng: random.Random) -> Image.Image:
    """Something that nobody asks for: a plate, a napkin, a spoon."""
    side = rng.randint(120, 200)
    image = Image.new("RGBA", (side * 2, side * 2))
    pen = ImageDraw.Draw(image)
    tone = rng.choice([(238, 236, 230), (206, 218, 222), (222, 196, 186), (120, 132, 140)])
    edge = (int(tone[0] * 0.86), int(tone[1] * 0.86), int(tone[2] * 0.86), 255)
    kind, s = rng.choice(("plate", "napkin", "spoon")), side * 2
    if kind == "plate":
        pen.ellipse((4, 4, s - 4, s - 4), fill=(*tone, 255), outline=edge, width=6)
        pen.ellipse((s * 0.2, s * 0.2, s * 0.8, s * 0.8), outline=edge, width=5)
    elif kind == "napkin":
        pen.rounded_rectangle((s * 0.1, s * 0.1, s * 0.9, s * 0.9), 10, fill=(*tone, 255), outline=edge, width=4)
        pen.line((s * 0.5, s * 0.1, s * 0.5, s * 0.9), fill=edge, width=4)
    else:
        pen.rounded_rectangle((s * 0.3, s * 0.46, s * 0.96, s * 0.53), 14, fill=(176, 180, 186, 255))
        pen.ellipse((s * 0.04, s * 0.38, s * 0.36, s * 0.61), fill=(190, 194, 200, 255), outline=(140, 144, 150, 255))
    small = image.rotate(rng.uniform(0, 90), Image.Resampling.BILINEAR).resize((side, side), Image.Resampling.LANCZOS)
    return small.crop(small.getchannel("A").getbbox())


def _lit(table: Image.Image, rng: random.Random) -> Image.Image:
    """The light of a window, a little noise, now and then a soft focus."""
    glow = Image.radial_gradient("L").resize((SIZE[0] * 2, SIZE[1] * 2), Image.Resampling.BILINEAR)
    left, top = rng.randint(0, SIZE[0]), rng.randint(0, SIZE[1])
    fall = glow.crop((left, top, left + SIZE[0], top + SIZE[1])).point([round(255 - v * 0.36) for v in range(256)])
    tint, strength = rng.choice(LIGHTS), rng.choice((0.8, 1.0, 1.1, 1.15))
    light = Image.merge("RGB", [fall.point(_gain(strength * channel / 255)) for channel in tint])
    lit = ImageChops.multiply(table, light)
    focused = lit.filter(ImageFilter.GaussianBlur(rng.choice((0, 0, 0.4, 0.8))))
    return add_noise(focused, noise(SIZE, rng.uniform(2, 14), rng))


def _gain(factor: float) -> list[int]:
    return [min(255, round(value * factor)) for value in range(256)]

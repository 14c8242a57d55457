"""Tables to lay things on."""

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Size = tuple[int, int]
Color = tuple[int, int, int]


def _varied(color: Color, by: int, rng: random.Random) -> Color:
    shift = rng.randint(-by, by)
    return (_clip(color[0] + shift), _clip(color[1] + shift), _clip(color[2] + shift))


def _clip(value: int) -> int:
    return max(0, min(255, value))


def noise(size: Size, strength: float, rng: random.Random) -> Image.Image:
    """Grey of 128 ± `strength`. Pillow's own noise takes no seed, and the same seed must give the same picture."""
    grey = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    return grey.point([round(128 + (value - 127.5) / 127.5 * strength) for value in range(256)])


def add_noise(image: Image.Image, grain: Image.Image) -> Image.Image:
    return ImageChops.add(image, Image.merge("RGB", [grain] * 3), 1, -128)


def _grained(image: Image.Image, strength: float, stretch: Size, rng: random.Random) -> Image.Image:
    """Noise stretched along one direction: fibres."""
    small = (max(2, image.width // stretch[0]), max(2, image.height // stretch[1]))
    return add_noise(image, noise(small, strength, rng).resize(image.size, Image.Resampling.BICUBIC))


def wood(size: Size, rng: random.Random) -> Image.Image:
    base = rng.choice([(172, 126, 82), (120, 80, 50), (206, 172, 128), (146, 118, 96)])
    image = Image.new("RGB", size)
    pen, y = ImageDraw.Draw(image), -rng.randint(0, 60)
    while y < size[1]:
        height = rng.randint(70, 120)
        pen.rectangle((0, y, size[0], y + height), fill=_varied(base, 14, rng))
        pen.line((0, y, size[0], y), fill=_varied((base[0] // 2, base[1] // 2, base[2] // 2), 6, rng), width=2)
        y += height
    grained = _grained(_grained(image, 22, (80, 4), rng), 12, (24, 2), rng)
    return grained.rotate(90, expand=True).resize(size) if rng.random() < 0.35 else grained


def cloth(size: Size, rng: random.Random) -> Image.Image:
    """Checked, as on a picnic."""
    paper = (240, 236, 228)
    color = rng.choice([(176, 60, 60), (66, 104, 150), (88, 134, 96), (196, 156, 74)])
    cell = rng.randint(34, 60)
    image = Image.new("RGB", (size[0] * 2, size[1] * 2), paper)
    stripe = Image.new("RGBA", image.size)
    pen = ImageDraw.Draw(stripe)
    for x in range(0, image.width, cell * 2):
        pen.rectangle((x, 0, x + cell, image.height), fill=(*color, 110))
    image.paste(stripe, (0, 0), stripe)
    across = Image.new("RGBA", image.size)
    pen = ImageDraw.Draw(across)
    for y in range(0, image.height, cell * 2):
        pen.rectangle((0, y, image.width, y + cell), fill=(*color, 110))
    image.paste(across, (0, 0), across)
    turned = image.rotate(rng.uniform(-30, 30), Image.Resampling.BILINEAR)
    left, top = size[0] // 2, size[1] // 2
    return _grained(turned.crop((left, top, left + size[0], top + size[1])), 8, (2, 2), rng)


def marble(size: Size, rng: random.Random) -> Image.Image:
    base = rng.choice([(228, 228, 230), (212, 206, 200), (64, 70, 76)])
    veins = Image.new("L", size)
    pen = ImageDraw.Draw(veins)
    for _ in range(rng.randint(5, 9)):
        x, y = rng.uniform(0, size[0]), 0.0
        points = [(x, y)]
        while y < size[1]:
            x, y = x + rng.uniform(-50, 50), y + rng.uniform(15, 45)
            points.append((x, y))
        pen.line(points, fill=rng.randint(60, 150), width=rng.randint(1, 5), joint="curve")
    soft = veins.filter(ImageFilter.GaussianBlur(3))
    tone = (120, 124, 132) if base[0] > 100 else (150, 156, 162)
    image = Image.composite(Image.new("RGB", size, tone), Image.new("RGB", size, base), soft)
    return _grained(image, 14, (80, 80), rng)


def slate(size: Size, rng: random.Random) -> Image.Image:
    base = rng.choice([(70, 78, 84), (92, 84, 78), (58, 66, 62)])
    return _grained(_grained(Image.new("RGB", size, base), 18, (40, 14), rng), 7, (3, 3), rng)


def paint(size: Size, rng: random.Random) -> Image.Image:
    """A plain painted top."""
    base = rng.choice([(188, 206, 200), (222, 206, 176), (160, 178, 200), (214, 176, 164), (236, 234, 226)])
    return _grained(Image.new("RGB", size, base), 10, (120, 90), rng)


def terrazzo(size: Size, rng: random.Random) -> Image.Image:
    image = Image.new("RGB", size, (226, 222, 214))
    pen = ImageDraw.Draw(image)
    for _ in range(380):
        x, y, r = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(2, 8)
        chip = [(x + rng.uniform(-r, r), y + rng.uniform(-r, r)) for _ in range(5)]
        pen.polygon(chip, fill=rng.choice([(176, 130, 110), (120, 140, 136), (196, 178, 150), (150, 150, 158)]))
    return image.filter(ImageFilter.GaussianBlur(0.6))


Table = Callable[[Size, random.Random], Image.Image]

TABLES: tuple[Table, ...] = (wood, wood, cloth, marble, slate, paint, terrazzo)

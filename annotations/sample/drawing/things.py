"""What lies on the table, seen from above: each drawn on a transparent square, at twice its size."""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Color = tuple[int, int, int]
FINE = 2
"""Drawn this many times larger, then shrunk: smooth edges."""


def shaded(mask: Image.Image, dark: Color, light: Color, center: tuple[float, float] = (0.38, 0.32)) -> Image.Image:
    """`mask` filled from `light` at `center` to `dark` at the far side."""
    side = mask.width
    glow = Image.radial_gradient("L").resize((2 * side, 2 * side), Image.Resampling.BILINEAR)
    left, top = round(side - center[0] * side), round(side - center[1] * side)
    depth = glow.crop((left, top, left + side, top + side)).point([min(255, v * 3 // 2) for v in range(256)])
    body = Image.composite(Image.new("RGB", mask.size, dark), Image.new("RGB", mask.size, light), depth)
    body.putalpha(mask)
    return body


def disc(side: int, radius: float, center: tuple[float, float] = (0.5, 0.5)) -> Image.Image:
    """A white disc on a mask; `radius` and `center` in parts of the side."""
    mask = Image.new("L", (side, side))
    x, y, r = center[0] * side, center[1] * side, radius * side
    ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r, y + r), fill=255)
    return mask


def blob(side: int, radius: float, lobes: int, depth: float, phase: float) -> Image.Image:
    """A disc with a wavy edge."""
    points = []
    for step in range(180):
        angle = math.tau * step / 180
        r = side * radius * (1 + depth * math.sin(lobes * angle + phase))
        points.append((side / 2 + r * math.cos(angle), side / 2 + r * math.sin(angle)))
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return mask


def over(base: Image.Image, layer: Image.Image) -> Image.Image:
    return Image.alpha_composite(base, layer)


def _gleam(side: int, x: float, y: float, r: float, strength: int) -> Image.Image:
    spot = disc(side, r, (x, y)).filter(ImageFilter.GaussianBlur(side * r * 0.5))
    white = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    white.putalpha(spot.point([v * strength // 255 for v in range(256)]))
    return white


def apple(side: int, rng: random.Random) -> Image.Image:
    dark, light = rng.choice(
        [((140, 16, 24), (232, 62, 52)), ((92, 128, 28), (178, 208, 76)), ((150, 24, 30), (226, 196, 84))]
    )
    body = shaded(blob(side, 0.44, 5, 0.025, rng.uniform(0, 6)), dark, light)
    dimple = Image.new("RGBA", body.size, (60, 20, 10, 0))
    dimple.putalpha(
        disc(side, 0.10).filter(ImageFilter.GaussianBlur(side * 0.05)).point([v * 2 // 3 for v in range(256)])
    )
    body = over(over(body, dimple), _gleam(side, 0.33, 0.28, 0.09, 190))
    pen = ImageDraw.Draw(body)
    end = (side * rng.uniform(0.52, 0.62), side * rng.uniform(0.34, 0.42))
    pen.line((side / 2, side / 2, *end), fill=(78, 48, 24, 255), width=max(2, side // 28))
    leaf = Image.new("RGBA", body.size)
    box = (side * 0.52, side * 0.40, side * 0.76, side * 0.50)
    ImageDraw.Draw(leaf).ellipse(box, fill=(70, 128, 48, 255), outline=(40, 90, 30, 255), width=side // 90)
    return over(body, leaf.rotate(rng.uniform(0, 70), center=(side / 2, side / 2)))


def banana(side: int, rng: random.Random) -> Image.Image:
    ripe = rng.random()
    dark, light = (186, 142 - int(20 * ripe), 22), (250, 216, 74)
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)
    for width, color in ((1.0, dark), (0.72, (226, 184, 44)), (0.4, light)):
        pen.polygon(_crescent(side, 0.105 * width), fill=(*color, 255))
    image = Image.composite(
        image.filter(ImageFilter.GaussianBlur(side / 90)), Image.new("RGBA", image.size), _mask(image)
    )
    pen = ImageDraw.Draw(image)
    spine = [_arc(side, t / 40, 0.02) for t in range(3, 38)]
    pen.line(spine, fill=(176, 130, 26, 255), width=max(2, side // 70), joint="curve")
    for t, color in ((0.0, (96, 80, 30)), (1.0, (60, 44, 22))):
        x, y = _arc(side, t, 0)
        r = side * 0.032
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(*color, 255))
    for _ in range(int(ripe * 9)):
        x, y = _arc(side, rng.uniform(0.15, 0.85), rng.uniform(-0.05, 0.05))
        r = side * rng.uniform(0.004, 0.012)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(120, 78, 26, 255))
    return image


def _mask(image: Image.Image) -> Image.Image:
    return image.getchannel("A").point([0] * 128 + [255] * 128)


def _arc(side: int, t: float, out: float) -> tuple[float, float]:
    """A point along a banana's back, `t` from end to end, `out` of it to the outer side."""
    angle = math.radians(205 + 130 * t)
    r = (0.56 + out) * side
    return side * 0.5 + r * math.cos(angle) * 0.82, side * 0.93 + r * math.sin(angle)


def _crescent(side: int, width: float) -> list[tuple[float, float]]:
    steps = [i / 40 for i in range(41)]
    girth = [width * (0.28 + 0.72 * math.sin(math.pi * t) ** 0.6) for t in steps]
    outer = [_arc(side, t, g) for t, g in zip(steps, girth, strict=True)]
    inner = [_arc(side, t, -g) for t, g in zip(steps, girth, strict=True)]
    return outer + inner[::-1]


def donut(side: int, rng: random.Random) -> Image.Image:
    hole = 0.15
    ring = ImageChops.subtract(disc(side, 0.46), disc(side, hole))
    body = shaded(ring, (150, 92, 40), (226, 168, 96))
    icing = rng.choice([(238, 138, 170), (92, 52, 34), (246, 236, 220), (140, 196, 214), (170, 130, 200)])
    cover = ImageChops.subtract(blob(side, 0.40, 9, 0.04, rng.uniform(0, 6)), disc(side, hole + 0.03))
    pale = (min(255, icing[0] + 14), min(255, icing[1] + 14), min(255, icing[2] + 14))
    shade = (int(icing[0] * 0.78), int(icing[1] * 0.78), int(icing[2] * 0.78))
    body = over(body, shaded(cover, shade, pale))
    pen = ImageDraw.Draw(body)
    for _ in range(34 if rng.random() < 0.75 else 0):
        angle, r = rng.uniform(0, math.tau), side * rng.uniform(0.21, 0.36)
        x, y, turn = side / 2 + r * math.cos(angle), side / 2 + r * math.sin(angle), rng.uniform(0, math.pi)
        dx, dy = side * 0.018 * math.cos(turn), side * 0.018 * math.sin(turn)
        color = rng.choice([(250, 240, 110), (90, 180, 230), (240, 90, 90), (120, 210, 130), (255, 255, 255)])
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=(*color, 255), width=max(2, side // 64))
    gleam = _gleam(side, 0.34, 0.26, 0.06, 130)
    gleam.putalpha(ImageChops.multiply(gleam.getchannel("A"), ring))
    return over(body, gleam)


def mug(side: int, rng: random.Random) -> Image.Image:
    color = rng.choice([(236, 232, 224), (62, 98, 140), (206, 92, 70), (70, 120, 96), (228, 184, 80), (52, 54, 60)])
    drink = rng.choice(
        [((44, 24, 12), (96, 58, 30)), ((150, 104, 62), (206, 164, 116)), ((120, 56, 12), (188, 104, 40))]
    )
    dark = (int(color[0] * 0.6), int(color[1] * 0.6), int(color[2] * 0.6))
    handle = Image.new("L", (side, side))
    pen = ImageDraw.Draw(handle)
    pen.rounded_rectangle((side * 0.70, side * 0.43, side * 0.97, side * 0.57), side * 0.05, fill=255)
    body = shaded(handle, dark, color, (0.7, 0.4))
    body = over(body, shaded(disc(side, 0.36, (0.42, 0.5)), dark, color))
    inside = (int(color[0] * 0.82), int(color[1] * 0.82), int(color[2] * 0.82))
    body = over(body, shaded(disc(side, 0.315, (0.42, 0.5)), inside, dark, (0.3, 0.3)))
    body = over(body, shaded(disc(side, 0.28, (0.43, 0.51)), *drink, (0.5, 0.58)))
    return over(body, _gleam(side, 0.33, 0.38, 0.05, 120))


Thing = Callable[[int, random.Random], Image.Image]

THINGS: dict[str, Thing] = {"apple": apple, "banana": banana, "donut": donut, "mug": mug}


def cut_out(label: str, size: int, rng: random.Random) -> Image.Image:
    """The thing turned by any angle, cropped to what is seen of it; about `size` pixels across."""
    large = THINGS[label](size * FINE, rng)
    turned = large.rotate(rng.uniform(0, 360), Image.Resampling.BILINEAR, expand=True)
    small = turned.resize((turned.width // FINE, turned.height // FINE), Image.Resampling.LANCZOS)
    return small.crop(_mask(small).getbbox())

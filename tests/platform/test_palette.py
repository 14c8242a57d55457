"""The palette's rule: how far apart its colours are to whoever looks, and by which steps it goes on."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from boxwright.projects.palette import COLORS, FIRST

Floats = npt.NDArray[np.float64]

LEAST_DISTANCE, LEAST_LUMINANCE = 0.08, 0.2
LABEL_TSX = Path(__file__).resolve().parents[2] / "frontend" / "src" / "ui" / "label.tsx"
# Ottosson 2020: linear sRGB to the cones' cube roots, and these to OKLab.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Machado 2009, severity 1: normal, protan, deutan, tritan sight of linear sRGB.
SIGHTS = np.array(
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)


def linear(rgb: Floats) -> Floats:
    return np.asarray(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4))


def rgb_of(color: str) -> Floats:
    return np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def luminance(rgb: Floats) -> Floats:
    return np.asarray(linear(rgb) @ [0.2126, 0.7152, 0.0722])


def seen(rgb: Floats) -> Floats:
    """[colours, 3] in sRGB to [colours, sights, 3] in OKLab."""
    light = np.clip(np.einsum("sij,nj->nsi", SIGHTS, linear(rgb)), 0, 1)
    return np.asarray(np.cbrt(light @ CONES.T) @ LAB.T)


def distances(some: Floats, others: Floats) -> Floats:
    """[some, others]: the smallest over all sights."""
    return np.asarray(np.linalg.norm(some[:, None] - others, axis=-1).min(-1))


def steps() -> Floats:
    """[colours, 3]: all of OKLCH's steps that sRGB can show, that are coloured and that are light enough."""
    light, c, h = np.meshgrid(
        np.arange(0.5, 0.99, 0.02), np.arange(0.04, 0.33, 0.02), np.arange(0, 360, 5), indexing="ij"
    )
    lab = np.stack([light, c * np.cos(np.radians(h)), c * np.sin(np.radians(h))], -1).reshape(-1, 3)
    light = (lab @ np.linalg.inv(LAB).T) ** 3 @ np.linalg.inv(CONES).T
    light = light[((light >= 0) & (light <= 1)).all(-1)]
    rgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(rgb * 255) / 255)[light @ [0.2126, 0.7152, 0.0722] >= LEAST_LUMINANCE]


def test_any_two_colours_are_told_apart() -> None:
    colors = seen(np.array([rgb_of(color) for color in COLORS]))
    apart = distances(colors, colors)[np.triu_indices(len(COLORS), 1)]
    assert apart.min() >= LEAST_DISTANCE


def test_every_colour_shows_on_a_dark_picture_and_under_dark_text() -> None:
    assert min(luminance(rgb_of(color)) for color in COLORS) >= LEAST_LUMINANCE


def test_each_further_colour_is_the_step_furthest_from_those_before() -> None:
    all_steps = steps()
    known = [rgb_of(color) for color in FIRST]
    for _ in COLORS[len(FIRST) :]:
        known.append(all_steps[distances(seen(all_steps), seen(np.array(known))).min(-1).argmax()])
    made = ["#" + "".join(f"{round(part * 255):02X}" for part in rgb) for rgb in known]
    assert made == list(COLORS)


def test_the_pages_know_the_same_colours() -> None:
    table = LABEL_TSX.read_text().split("LABEL_COLORS")[1].split("];")[0]
    assert tuple(re.findall(r"#[0-9A-F]{6}", table)) == COLORS

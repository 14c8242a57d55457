"""Sets of small objects: raccoon or bccd pictures, shrunk onto large textured canvases, boxes 10 to 40 px of 1280.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.small_objects [--set-of bccd] [--seeds 0 1]

Drawn from seeds alone: the same bytes each time, on the same Pillow. The time is CPU seconds of the whole child, beside
those of the model as it comes (fit=none).
"""

import argparse
import hashlib
import io
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from annotations.dataset.split import split_of
from bench.training.raccoon import MODEL, train, value

SIDE = 1280
"""Pixels of a canvas, which is a square."""
BOX_SIDES = (10.0, 40.0)
"""Pixels of the longer side of every box, once its picture is shrunk."""
PICTURES = (4, 8)
"""How many pictures a canvas carries."""
QUALITY = 90
OCTAVES = (5, 20, 80, 320)
"""Cells along a canvas of the noise that makes its texture, from blotches to grain."""
AP50_BAR = {"raccoon": 0.80, "bccd": 0.0}
"""By the set; bccd's shrunken cells are told only."""
TIMES_BAR = 3.0
"""Of the time that the model takes as it comes."""
SIDES = ("xmin", "ymin", "xmax", "ymax")
LabelledBox = tuple[str, float, float, float, float]
"""Label, x_min, y_min, x_max, y_max."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph with its boxes in its pixels."""

    path: Path
    boxes: tuple[LabelledBox, ...]

    @property
    def scales(self) -> tuple[float, float]:
        """From and to which factor all boxes are of BOX_SIDES; the first is the larger one where there is none."""
        sides = [max(x_max - x_min, y_max - y_min) for _, x_min, y_min, x_max, y_max in self.boxes]
        return BOX_SIDES[0] / min(sides), BOX_SIDES[1] / max(sides)


def lay_small_objects(data: Path, folder: Path, seed: int, canvases: int = 200) -> None:
    """Write a run folder without a config: `canvases` canvases with pictures of `data` (a Pascal VOC folder).

    A picture stands on canvases of one split only.
    """
    (folder / "images").mkdir()
    pictures = _read_pictures(data)
    labels = sorted({label for picture in pictures for label, *_ in picture.boxes})
    of_split: dict[Split, list[Picture]] = {"train": [], "val": []}
    for picture in pictures:
        of_split[split_of(hashlib.sha256(picture.path.read_bytes()).hexdigest(), seed)].append(picture)
    images = []
    for i in range(canvases):
        split: Split = "val" if i % 5 == 0 else "train"
        content, annotations = _draw_canvas(of_split[split], np.random.default_rng((seed, i)))
        sha256 = hashlib.sha256(content).hexdigest()
        (folder / "images" / sha256).write_bytes(content)
        images.append(
            ImageRecord(f"canvas-{i}.jpg", sha256, SIDE, SIDE, len(content), "labelled", split, tuple(annotations))
        )
    write_manifest(folder / "manifest.jsonl", sorted(images, key=lambda image: image.sha256))
    snapshot = {"project": {"task": "detection", "seed": seed}, "labels": [{"name": label} for label in labels]}
    (folder / "snapshot.json").write_text(json.dumps(snapshot))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--set-of", choices=("raccoon", "bccd"), default="raccoon")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings of the run")
    options = parser.parse_args()
    config = {name: value(text) for name, text in (item.split("=", 1) for item in options.set)}
    data, weights = Path(os.environ["BOXWRIGHT_TEST_DATA"]) / options.set_of, os.environ["BOXWRIGHT_WEIGHTS_DIR"]
    found, fitted, plain = [], 0.0, 0.0
    for seed in options.seeds:
        with tempfile.TemporaryDirectory(prefix="small-") as name:
            folder = Path(name)
            lay_small_objects(data, folder, seed)
            _, its_plain = _timed(folder, weights, config | {"fit": "none"})
            shutil.rmtree(folder / "out")
            done, its_own = _timed(folder, weights, config)
        ap, ap50 = done["metrics"]["AP"], done["metrics"]["AP50"]
        found.append(ap50)
        fitted, plain = fitted + its_own, plain + its_plain
        curve = " ".join(f"{ap:.2f}/{ap50:.2f}" for ap, ap50 in done["curve"])
        times = f"{its_own:.0f} CPU s, {its_own / its_plain:.1f} times the {its_plain:.0f} of the model as it comes"
        print(f"seed {seed}: AP {ap:.3f}, AP50 {ap50:.3f}, {times}  [{curve}]", flush=True)
    bar, mean = AP50_BAR[options.set_of], statistics.fmean(found)
    passed = mean >= bar and fitted <= TIMES_BAR * plain
    limits = f"AP50 ≥ {bar:.2f}, ≤ {TIMES_BAR:g} times"
    print(f"mean: AP50 {mean:.3f}, {fitted / plain:.1f} times: {'ok' if passed else 'UNDER THE BAR'} ({limits})")
    return 0 if passed else 1


def _timed(folder: Path, weights: str, config: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The run's `done` event and its CPU seconds."""
    (folder / "config.json").write_text(json.dumps({"model": MODEL} | config))
    before = _cpu_seconds()
    return train(folder, weights), _cpu_seconds() - before


def _draw_canvas(pictures: list[Picture], rng: np.random.Generator) -> tuple[bytes, list[AnnotationRecord]]:
    """A JPEG with pictures that do not overlap, and the annotations of their boxes."""
    canvas = Image.fromarray(_texture(rng))
    taken: list[tuple[int, int, int, int]] = []
    annotations: list[AnnotationRecord] = []
    wanted = int(rng.integers(PICTURES[0], PICTURES[1], endpoint=True))
    for _ in range(wanted * 4):
        if len(taken) == wanted:
            break
        picture = pictures[int(rng.integers(len(pictures)))]
        scale = float(np.exp(rng.uniform(*np.log(picture.scales))))
        with Image.open(picture.path) as image:
            width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
            x, y = (int(rng.integers(0, SIDE - side)) for side in (width, height))
            place = (x, y, x + width, y + height)
            if any(_overlap(place, other) for other in taken):
                continue
            small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
            across, down = width / image.width, height / image.height
        canvas.paste(small, (x, y))
        taken.append(place)
        for label, x_min, y_min, x_max, y_max in picture.boxes:
            box = Box(x + x_min * across, y + y_min * down, x + x_max * across, y + y_max * down)
            annotations.append(AnnotationRecord(label, box))
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=QUALITY)
    return file.getvalue(), annotations


def _texture(rng: np.random.Generator) -> np.ndarray:
    """Coloured noise [SIDE, SIDE, 3] of several octaves about a random colour."""
    total = np.zeros((SIDE, SIDE, 3), np.float32) + rng.uniform(70, 180, 3).astype(np.float32)
    for cells in OCTAVES:
        noise = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        total += (np.asarray(noise.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) - 128) * 0.3
    return total.clip(0, 255).astype(np.uint8)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _read_pictures(data: Path) -> list[Picture]:
    pictures = [_read(path) for path in sorted((data / "annotations").glob("*.xml"))]
    return [picture for picture in pictures if picture.boxes and picture.scales[0] <= picture.scales[1]]


def _read(annotation: Path) -> Picture:
    boxes = [_labelled_box(item) for item in ET.parse(annotation).getroot().findall("object")]
    path = annotation.parents[1] / "images" / (annotation.stem + ".jpg")
    return Picture(path, tuple(box for box in boxes if box[3] > box[1] and box[4] > box[2]))


def _labelled_box(item: ET.Element) -> LabelledBox:
    x_min, y_min, x_max, y_max = (float(item.findtext(f"bndbox/{side}", "0")) for side in SIDES)
    return item.findtext("name", ""), x_min, y_min, x_max, y_max


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())

"""The sample project's pictures: a breakfast table from above, drawn by our own code. Pure Pillow, no network.

The same numbers give the same pictures: an apple, bananas, donuts and mugs on many tables, in many lights. A few show
nothing to find (negatives), a few come without annotations, so that there is something left to do.
"""

import random
from collections.abc import Callable
from pathlib import Path

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats.voc.writing import to_xml
from annotations.sample.drawing.scene import SIZE, Placed, paint
from annotations.sample.drawing.things import THINGS

LABELS = tuple(sorted(THINGS))
LABELLED = 58
NEGATIVES = 6
UNLABELLED = 8
SEED = 7
"""Of the drawing, and of the sample project's split: both kinds of pictures in both splits."""


def draw(folder: Path, tick: Callable[[], None]) -> None:
    """Write the set as Pascal VOC: `table-01.jpg` beside `table-01.xml`; without XML where nobody labelled yet."""
    for number in range(1, LABELLED + NEGATIVES + UNLABELLED + 1):
        name = f"table-{number:02}.jpg"
        negative = number % 10 == 0 and number <= 10 * NEGATIVES
        image, placed = paint(random.Random(SEED * 1000 + number), empty=negative)  # noqa: S311 (pictures, not secrets)
        image.save(folder / name, "JPEG", quality=88)
        if number <= LABELLED + NEGATIVES:
            (folder / name).with_suffix(".xml").write_bytes(to_xml(_record(name, placed), name))
        tick()


def _record(name: str, placed: list[Placed]) -> ImageRecord:
    annotations = tuple(AnnotationRecord(thing.label, Box(*map(float, thing.box))) for thing in placed)
    return ImageRecord(name, "", *SIZE, annotations=annotations)

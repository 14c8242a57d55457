"""Writing CSV: `annotations.csv` with a row a box, pictures in `images/`, labels in `classes.csv`."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.rows import csv_line
from annotations.formats.written_names import WrittenNames

LABEL_COLUMNS = ("filename", "width", "height", "class", "split", "group", "score", "attributes")
COLUMNS = (*LABEL_COLUMNS[:4], "xmin", "ymin", "xmax", "ymax", *LABEL_COLUMNS[4:])
FORMULA = re.compile(r"'*[=+\-@]")
"""What a spreadsheet would compute, also with apostrophes of its own before it."""
WRITTEN_FORMULA = re.compile(r"'+[=+\-@]")


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """A labelled image without boxes has a row without label and box; one that is not labelled has none."""
    written, names = WrittenNames(), list[str]()
    for image in images:
        names.append(written.of(_without_formula(image)))
        yield f"images/{names[-1]}", image
    has_boxes = header.task != "classification"

    def rows(_: BytesOf) -> Iterator[bytes]:
        yield csv_line(*(COLUMNS if has_boxes else LABEL_COLUMNS))
        for image, name in zip(images, names, strict=True):
            if image.is_labelled:
                yield b"".join(_rows(image, name, has_boxes))

    yield "annotations.csv", Stream(rows)
    if header.labels:
        labels = enumerate(header.labels)
        yield "classes.csv", b"".join(csv_line(as_text(label), str(number)) for number, label in labels)


def losses_of_labels(header: Header) -> Iterator[str]:
    for label in header.labels:
        if FORMULA.match(label):
            yield "labels that a spreadsheet would compute: written with an apostrophe before them"


def _without_formula(image: ImageRecord) -> ImageRecord:
    return replace(image, name=f"_{image.name}") if FORMULA.match(image.name.lstrip(". ")) else image


def _rows(image: ImageRecord, name: str, has_boxes: bool) -> Iterator[bytes]:
    head, nothing = (name, str(image.width), str(image.height)), ("",) * (5 if has_boxes else 1)
    if not image.annotations:
        yield csv_line(*head, *nothing, *_tail(image))
    for one in image.annotations:
        box = _sides(one.box) if has_boxes else ()
        yield csv_line(*head, as_text(one.label), *box, *_tail(image, one))


def _sides(box: Box | None) -> tuple[str, ...]:
    if box is None:
        return ("",) * 4
    return tuple(repr(shortest(side)) for side in (box.x_min, box.y_min, box.x_max, box.y_max))


def _tail(image: ImageRecord, one: AnnotationRecord | None = None) -> tuple[str, str, str, str]:
    score = repr(shortest(one.score)) if one and one.score is not None else ""
    said = one.attributes if one else {}
    attributes = json.dumps(dict(said), ensure_ascii=False, sort_keys=True) if said else ""
    return image.split, as_text(image.group), score, attributes


def as_text(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def as_said(text: str) -> str:
    """Without the apostrophe of `as_text`."""
    return text[1:] if WRITTEN_FORMULA.match(text) else text

"""Writing LabelMe: a folder for each split, in it each image with its JSON; `labels.txt` or `flags.txt` beside."""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from annotations.dataset.records import AnnotationRecord, ImageRecord, Task
from annotations.formats.layout import Header, Part
from annotations.formats.numbers import shortest
from annotations.formats.written_names import WrittenNames

LISTS: dict[Task, str] = {"detection": "labels.txt", "classification": "flags.txt"}
NO_LABELS = frozenset({"__ignore__", "_background_"})
"""What LabelMe's own lists begin with."""

VERSION = "5.5.0"


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """An image that is not labelled has no JSON; a labelled one without anything on it has one without shapes."""
    if header.labels:
        yield LISTS[header.task or "detection"], "".join(f"{label}\n" for label in header.labels).encode()
    names = WrittenNames()
    for image in images:
        name = names.of(image)
        yield f"{image.split}/{name}", image
        if image.is_labelled:
            yield f"{image.split}/{PurePosixPath(name).stem}.json", _page(image, name)


def _page(image: ImageRecord, name: str) -> bytes:
    whole = [one for one in image.annotations if one.box is None]
    page: dict[str, Any] = {
        "version": VERSION,
        "flags": {one.label: True for one in whole},
        "shapes": [_shape(one) for one in image.annotations if one.box],
        "imagePath": name,
        "imageData": None,
        "imageHeight": image.height,
        "imageWidth": image.width,
    }
    scores = {one.label: one.score for one in whole if one.score is not None}
    page |= {"scores": scores} if scores else {}
    return json.dumps(page, indent=2).encode() + b"\n"


def _shape(one: AnnotationRecord) -> dict[str, Any]:
    """LabelMe keeps the fields that it does not know: `score` and `attributes`, as X-AnyLabeling names them."""
    own = dict(one.attributes)
    shape: dict[str, Any] = {
        "label": one.label,
        "points": _corners(one),
        "group_id": own.pop("group_id") if type(own.get("group_id")) is int else None,
        "description": own.pop("description") if _is_text(own.get("description")) else "",
        "shape_type": "rectangle",
        "flags": {name: own.pop(name) for name, value in one.attributes.items() if isinstance(value, bool)},
        "mask": None,
    }
    shape |= {"score": one.score} if one.score is not None else {}
    return shape | ({"attributes": own} if own else {})


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _corners(one: AnnotationRecord) -> list[list[int | float]]:
    box = one.box
    return [[shortest(box.x_min), shortest(box.y_min)], [shortest(box.x_max), shortest(box.y_max)]] if box else []


def losses(image: ImageRecord) -> Iterator[str]:
    for one in image.annotations:
        if one.box is None and one.attributes:
            yield "labels of whole images that lose their attributes"


def losses_of_labels(header: Header) -> Iterator[str]:
    for label in header.labels:
        if label in NO_LABELS:
            yield "labels that LabelMe's lists have for nothing: their order is lost"

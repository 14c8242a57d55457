"""Writing COCO: annotations/instances_<split>.json and images/<split>/, as its API and those built on it read them.

Ids count from 1. Images that nobody has labelled lie in images/unlabelled, and no file lists them.
"""

import json
from collections.abc import Iterable, Iterator
from math import inf, nextafter
from typing import Any

from annotations.dataset.attributes import CROWD
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from annotations.formats.layout import Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.spooled import Spooled, stream
from annotations.formats.written_names import WrittenNames

UNLABELLED = "unlabelled"


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    names, sheets = WrittenNames(), dict[Split, _Sheet]()
    ids = {label: number for number, label in enumerate(header.labels, 1)}
    for image in images:
        name = names.of(image)
        yield f"images/{image.split if image.is_labelled else UNLABELLED}/{name}", image
        if image.is_labelled:
            sheets.setdefault(image.split, _Sheet()).add(image, name, ids)
    for split, sheet in sorted((sheets or {"train": _Sheet()}).items()):
        yield f"annotations/instances_{split}.json", sheet.part(header)


class _Sheet:
    """The file of one split."""

    def __init__(self) -> None:
        self.images, self.annotations = Spooled(), Spooled()
        self.image_count = self.annotation_count = 0

    def add(self, image: ImageRecord, name: str, ids: dict[str, int]) -> None:
        self.image_count += 1
        group = {"group": image.group} if image.group else {}
        sides = {"width": image.width, "height": image.height}
        said = {"id": self.image_count, "file_name": name, **sides, **group}
        self.images.add(json.dumps(said, ensure_ascii=False).encode())
        for one in image.annotations:
            if one.box:
                self.annotation_count += 1
                self.annotations.add(self._annotation(one, one.box, ids[one.label]))

    def _annotation(self, one: AnnotationRecord, box: Box, category: int) -> bytes:
        x, y, width, height = xywh(box)
        text = (
            f'{{"id": {self.annotation_count}, "image_id": {self.image_count}, "category_id": {category}, '
            f'"bbox": [{shortest(x)}, {shortest(y)}, {shortest(width)}, {shortest(height)}], '
            f'"area": {shortest(width * height)}, "segmentation": [], "iscrowd": {one.attributes.get(CROWD) is True:d}'
        )
        if more := _more(one):
            text += f", {json.dumps(more, ensure_ascii=False)[1:-1]}"
        return f"{text}}}".encode()

    def part(self, header: Header) -> Stream:
        info = json.dumps({"description": header.project, "version": "1.0"}, ensure_ascii=False)
        found = [{"id": n, "name": label, "supercategory": ""} for n, label in enumerate(header.labels, 1)]
        categories = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
        head = f'{{"info": {info},\n"licenses": [],\n"categories": [\n{categories}\n],\n"images": [\n'
        return stream(head.encode(), self.images, b'\n],\n"annotations": [\n', self.annotations, b"\n]}\n")


def _more(one: AnnotationRecord) -> dict[str, Any]:
    """What COCO's own fields have no place for, where CVAT and Datumaro put it."""
    score = {} if one.score is None else {"score": one.score}
    rest = {name: said for name, said in one.attributes.items() if (name, said) != (CROWD, True)}
    return score | ({"attributes": rest} if rest else {})


def xywh(box: Box) -> tuple[float, float, float, float]:
    """Sides that give the same corners again, where there are such floats."""
    return box.x_min, box.y_min, _width(box.x_min, box.x_max), _width(box.y_min, box.y_max)


def _width(low: float, high: float) -> float:
    width = high - low
    if low + width == high:
        return width
    return next((w for w in (nextafter(width, 0), nextafter(width, inf)) if low + w == high), width)

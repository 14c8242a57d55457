"""Writing ImageFolder: a folder a split with its metadata.jsonl; each line has the same keys, as Arrow wants it."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from annotations.dataset.attributes import POSE
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from annotations.formats.imagefolder.rows import FLAGS
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.written_names import WrittenNames

FOLDERS: dict[Split, str] = {"train": "train", "val": "validation", "test": "test"}


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """Images that are not labelled lie apart, without a line."""
    used: set[Split] = set()
    columns: set[str] = set()
    names = WrittenNames()
    for image in images:
        name = names.of(image)
        if image.is_labelled:
            used.add(image.split)
            columns.update(_columns(image))
        yield f"{FOLDERS[image.split] if image.is_labelled else 'unlabelled'}/{name}", image
    for split, folder in FOLDERS.items():
        if split in used:
            yield f"{folder}/metadata.jsonl", Stream(partial(_lines, header, images, split, frozenset(columns)))


def _columns(image: ImageRecord) -> Iterator[str]:
    for one in image.annotations:
        if one.score is not None:
            yield "score"
        yield from (name for name in (*FLAGS, POSE) if one.attributes.get(name))


def _lines(
    header: Header, images: Iterable[ImageRecord], split: Split, columns: frozenset[str], _: BytesOf
) -> Iterator[bytes]:
    names = WrittenNames()
    for image in images:
        name = names.of(image)
        if image.is_labelled and image.split == split:
            yield json.dumps(_row(header, image, name, columns), ensure_ascii=False).encode() + b"\n"


def _row(header: Header, image: ImageRecord, name: str, columns: frozenset[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"file_name": name, "width": image.width, "height": image.height}
    if header.task == "classification":
        first = next(iter(image.annotations), None)
        row["label"] = first.label if first else None
        return row | ({"score": _score(first) if first else ""} if "score" in columns else {})
    return row | {"objects": _objects([one for one in image.annotations if one.box], columns)}


def _objects(found: list[AnnotationRecord], columns: frozenset[str]) -> dict[str, list[Any]]:
    said: dict[str, list[Any]] = {
        "bbox": [_bbox(one.box) for one in found if one.box],
        "categories": [one.label for one in found],
    }
    if "score" in columns:
        said["score"] = [_score(one) for one in found]
    said |= {name: [one.attributes.get(name) is True for one in found] for name in FLAGS if name in columns}
    if POSE in columns:
        said[POSE] = [str(one.attributes.get(POSE) or "") for one in found]
    return said


def _bbox(box: Box) -> list[float]:
    """With a point in each number: `datasets` refuses splits of which one has whole numbers and one has not."""
    return [float(value) for value in (box.x_min, box.y_min, box.width, box.height)]


def _score(one: AnnotationRecord) -> str:
    """A text: of a split without scores `datasets` could not tell that its column holds numbers."""
    return "" if one.score is None else repr(one.score)

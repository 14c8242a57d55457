"""Predictions in a file: COCO's results, or a manifest whose annotations are the model's."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.errors import DataError
from training.engine.predict import upright_size

Seen = tuple[Path, Sequence[AnnotationRecord]]


@dataclass(frozen=True, slots=True)
class Ids:
    """What a COCO file calls images, by file name, and categories, by name."""

    images: dict[str, int]
    categories: dict[str, int]

    @classmethod
    def read(cls, path: Path) -> "Ids":
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            images = {Path(row["file_name"]).name: row["id"] for row in content["images"]}
            return cls(images, {row["name"]: row["id"] for row in content["categories"]})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} is no COCO file with images and categories: {error!r}.") from error


def pictures_in(paths: Iterable[Path]) -> list[Path]:
    """The files among `paths`, and the pictures in the folders among them. Raises DataError where there is none."""
    known = Image.registered_extensions()
    found = [
        file
        for path in paths
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.is_file() and (not path.is_dir() or file.suffix.lower() in known)
    ]
    if not found:
        raise DataError("There are no pictures in what was named.")
    return found


def coco_results(seen: Iterable[Seen], labels: Sequence[str], ids: Ids | None) -> list[dict[str, Any]]:
    """One object a box, as `pycocotools` loads them. Without `ids` an image's id is its name, or the number it is.

    Of a classifier, whose answers have no box: one object an image, with its best label.
    """
    numbers = ids.categories if ids else {label: i for i, label in enumerate(labels, 1)}
    missing = sorted(set(labels) - set(numbers))
    if missing:
        raise DataError(f"The COCO file has no category {missing[0]!r}: the checkpoint finds {', '.join(labels)}.")
    rows = []
    for path, annotations in seen:
        head = {"image_id": _image_id(path, ids), "file_name": path.name}
        boxes = [one for one in annotations if one.box] or list(annotations[:1])
        rows += [head | _coco_row(one, numbers[one.label]) for one in boxes]
    return rows


def _image_id(path: Path, ids: Ids | None) -> int | str:
    if ids is None:
        return int(path.stem) if path.stem.isdecimal() else path.stem
    if path.name not in ids.images:
        raise DataError(f"The COCO file has no image {path.name}.")
    return ids.images[path.name]


def _coco_row(one: AnnotationRecord, category: int) -> dict[str, Any]:
    row: dict[str, Any] = {"category_id": category, "score": one.score}
    return row | {"bbox": [one.box.x_min, one.box.y_min, one.box.width, one.box.height]} if one.box else row


def manifest_of(seen: Iterable[Seen], path: Path) -> None:
    """One line a picture, as snapshots have them; a picture that is there twice is written once."""
    records = {record.sha256: record for record in (_record(*one) for one in seen)}
    write_manifest(path, (records[sha256] for sha256 in sorted(records)))


def _record(path: Path, annotations: Sequence[AnnotationRecord]) -> ImageRecord:
    content = path.read_bytes()
    boxes = tuple(one for one in annotations if one.box) or tuple(annotations[:1])
    digest = hashlib.sha256(content).hexdigest()
    return ImageRecord(path.name, digest, *upright_size(path), len(content), "unlabelled", annotations=boxes)

"""`manifest.jsonl`: one line an image, sorted by sha256, canonical JSON. The same state gives the same bytes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotations.dataset.records import AnnotationRecord, Box, Dataset, ImageRecord, Task

SIDES = ("x_min", "y_min", "x_max", "y_max")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def manifest_line(image: ImageRecord) -> str:
    """One line of the manifest, without its newline."""
    group = {"group": image.group} if image.group else {}
    return canonical(
        group
        | {
            "annotations": [
                _annotation_to_json(annotation) for annotation in sorted(image.annotations, key=lambda m: m.id or "")
            ],
            "height": image.height,
            "name": image.name,
            "queue": image.queue,
            "sha256": image.sha256,
            "size": image.size,
            "split": image.split,
            "width": image.width,
        }
    )


def parse_line(line: str) -> ImageRecord:
    """The image that one manifest line describes. Raises KeyError or ValueError on a damaged line."""
    row = json.loads(line)
    return ImageRecord(
        name=row["name"],
        sha256=row["sha256"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        queue=row["queue"],
        split=row["split"],
        group=row.get("group", ""),
        annotations=tuple(_annotation_from_json(item) for item in row["annotations"]),
    )


def write_manifest(path: Path, images: Iterable[ImageRecord]) -> str:
    """Write `images`, which must come sorted by sha256; return the sha256 of the bytes written."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for image in images:
            line = manifest_line(image).encode() + b"\n"
            digest.update(line)
            file.write(line)
    return digest.hexdigest()


def read_manifest(path: Path) -> Iterator[ImageRecord]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield parse_line(line)


def read_dataset(folder: Path) -> Dataset:
    """The dataset of a snapshot folder: `snapshot.json` beside `manifest.jsonl`."""
    snapshot = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    task: Task = snapshot["project"]["task"]
    labels = tuple(label["name"] for label in snapshot["labels"])
    return Dataset(task=task, labels=labels, images=tuple(read_manifest(folder / "manifest.jsonl")))


def _annotation_to_json(annotation: AnnotationRecord) -> dict[str, Any]:
    row: dict[str, Any] = {"id": annotation.id, "label": annotation.label, "source": annotation.source}
    if annotation.box is not None:
        row |= {side: getattr(annotation.box, side) for side in SIDES}
    if annotation.score is not None:
        row["score"] = annotation.score
    if annotation.attributes:
        row["attributes"] = dict(annotation.attributes)
    return row


def _annotation_from_json(row: dict[str, Any]) -> AnnotationRecord:
    box = Box(*(float(row[side]) for side in SIDES)) if "x_min" in row else None
    return AnnotationRecord(row["label"], box, row["id"], row.get("score"), row["source"], row.get("attributes", {}))

"""The data set that goes through each library: splits, an image without boxes, an unused label, a box of one pixel."""

from pathlib import Path

from annotations.dataset.records import AnnotationRecord, Attributes, Box, ImageRecord
from annotations.formats.layout import Header
from tests.annotations.formats.laying import picture_of
from tests.peers.environment import Data

ATTRIBUTES: Attributes = {"occluded": True, "worn": True, "colour": "red"}
LABELS = ("cat", "yak", "dog", "sea lion")
BOXES = Header("detection", LABELS, "Pets")
PICTURES = [
    ImageRecord(
        "a.jpg",
        "1" * 64,
        64,
        48,
        queue="labelled",
        annotations=(
            AnnotationRecord("dog", Box(1, 2, 30, 40)),
            AnnotationRecord("cat", Box(8.25, 8.5, 64, 48), attributes=ATTRIBUTES),
        ),
    ),
    ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled"),
    ImageRecord(
        "c ü.jpg",
        "3" * 64,
        80,
        48,
        queue="labelled",
        split="val",
        annotations=(AnnotationRecord("sea lion", Box(0, 0, 80, 48)),),
    ),
    ImageRecord(
        "d.jpg",
        "4" * 64,
        64,
        48,
        queue="labelled",
        split="test",
        annotations=(AnnotationRecord("dog", Box(10, 20, 11, 21)),),
    ),
]
CARRIED = ("cat", "dog", "sea lion")
KINDS = Header("classification", CARRIED, "Pets")
PORTRAITS = [
    ImageRecord(
        f"{label} {split}.jpg",
        f"{len(split)}{number}" * 32,
        64,
        48,
        queue="labelled",
        split=split,
        annotations=(AnnotationRecord(label),),
    )
    for split in ("train", "val")
    for number, label in enumerate(CARRIED)
]


def told(header: Header, images: list[ImageRecord], folder: Path) -> Data:
    """As the peers speak of it; the pictures are put into the folder."""
    folder.mkdir(parents=True)
    return {"labels": list(header.labels), "images": [_told(one, folder) for one in images]}


def _told(one: ImageRecord, folder: Path) -> Data:
    path = folder / one.name
    path.write_bytes(picture_of(one))
    return {
        "name": one.name,
        "split": one.split,
        "width": one.width,
        "height": one.height,
        "path": str(path),
        "boxes": [[said.label, *sides(said.box)] for said in one.annotations if said.box],
        "attributes": [dict(said.attributes) for said in one.annotations if said.box],
        "whole": [said.label for said in one.annotations if said.box is None],
    }


def sides(box: Box) -> tuple[float, float, float, float]:
    return box.x_min, box.y_min, box.x_max, box.y_max

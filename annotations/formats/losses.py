"""What a format can't hold of a snapshot, by count: said before the download."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.dataset.records import AnnotationRecord, ImageRecord
from annotations.formats.layout import Format, Header

SEEN = 0.001
"""Pixels: sides that move by less are not told, as what numbers are rounded to."""


@dataclass(frozen=True, slots=True)
class Loss:
    """`text` follows the count: "3" + "images whose split is lost"."""

    count: int
    text: str


def losses_of(row: Format, header: Header, images: Iterable[ImageRecord]) -> list[Loss]:
    """What follows from the format's row, and what its layout adds. Reads each image once."""
    found = Counter(row.layout.loses_of_labels(header))
    carried: set[str] = set()
    for image in images:
        found.update(_of_image(row, image))
        found.update(row.layout.loses(header, image))
        carried.update(annotation.label for annotation in image.annotations)
    if "labels" not in row.keeps:
        found["labels that nothing carries"] = len(set(header.labels) - carried)
    return [Loss(count, text) for text, count in sorted(found.items()) if count]


def _of_image(row: Format, image: ImageRecord) -> Iterator[str]:
    yield from _of_state(row, image)
    if image.group and "groups" not in row.keeps:
        yield "images whose group is lost"
    for annotation in image.annotations:
        yield from _of_annotation(row, annotation)


def _of_state(row: Format, image: ImageRecord) -> Iterator[str]:
    if image.is_labelled and not image.annotations and "negatives" not in row.keeps:
        yield "images that were looked at and carry nothing: they come back as unlabelled"
    if not image.is_labelled and "unlabelled" not in row.keeps:
        yield "images that nobody has looked at: they come back as labelled, with nothing on them"
    if image.is_labelled and image.split != "train" and "splits" not in row.keeps:
        yield "images whose split is lost"
    if image.queue in {"review", "done"}:
        yield "images in review or done: they come back as labelled"
    if image.queue == "skipped":
        yield "skipped images: they come back as unlabelled"


def _of_annotation(row: Format, annotation: AnnotationRecord) -> Iterator[str]:
    if annotation.score is not None and "scores" not in row.keeps:
        yield "annotations whose score is lost"
    for name in annotation.attributes:
        if name not in row.attributes and "*" not in row.attributes:
            yield f"annotations that lose {name!r}"
    if row.precision >= SEEN and annotation.box is not None:
        yield f"boxes whose sides may move by up to {row.precision:g} px"
